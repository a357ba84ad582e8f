# Sets value to what a word stands for. Only a ~ or a variable at its start is replaced, so that
# completing a line cannot run a command.
_ccrun_expand() {
  value=${1//[\\\"\']/}
  local first=${value%%/*}
  local name=${first//[\$\{\}]/}
  case $first in
    \~) value=$HOME${value#\~} ;;
    \$?*)
      case $name in
        '' | [0-9]* | *[!A-Za-z0-9_]*) ;;
        *) value=${!name:-}${value#"$first"} ;;
      esac
      ;;
  esac
}

# Prints the sessions in a directory whose id or title starts with a text. Without such a session or
# file, a title can also contain it. Must run in a subshell.
_ccrun_list_sessions() {
  local text=${1//[\\\"\']/} files=$3 program=ccrun starts='' others='' value id day time title line
  case ${COMP_WORDS[0]} in
    */ccrun)
      _ccrun_expand "${COMP_WORDS[0]}"
      program=$value
      ;;
  esac
  _ccrun_expand "${2:-.}"
  shopt -s nocasematch
  if [[ last == "$text"* ]]; then starts="last  the newest session of the workspace"$'\n'; fi
  while read -r id day time _ _ _ title; do
    if [ -z "$id" ]; then continue; fi
    line="$id  $title ($day $time)"$'\n'
    title=${title//[\\\"\']/}
    if [[ $id == "$text"* || $title == "$text"* ]]; then
      starts+=$line
    elif [[ $title == *"$text"* ]]; then
      others+=$line
    fi
  done <<<"$(command "$program" sessions --cwd="$value" </dev/null)"
  if [ -z "$starts$files" ]; then starts=$others; fi
  printf '%s' "$starts"
}

# Sets COMPREPLY to the ids of the sessions, and to the files if there is a session. With more than
# one, bash lists the ids with their titles.
_ccrun_sessions() {
  local text=$1 dir=$2 prefix=$3 files=$4 line is_extended=1 width=$((${COLUMNS:-80} - 1))
  # A line starts with an id of 36 characters, which must be complete.
  if [ "$width" -lt 40 ]; then width=40; fi
  while IFS= read -r line; do
    if [ -z "$line" ]; then continue; fi
    case $line in
      "$text"*) ;;
      *) is_extended=0 ;;
    esac
    COMPREPLY+=("$prefix${line:0:width}")
  done <<<"$(_ccrun_list_sessions "$text" "$dir" "$files" 2>/dev/null)"
  # bash completes files itself, which are sorted, if there is nothing else.
  if [ "${#COMPREPLY[@]}" = 0 ]; then return 0; fi
  compopt -o nosort 2>/dev/null || true
  while IFS= read -r line; do
    if [ -n "$line" ]; then COMPREPLY+=("$(printf '%q' "$line")"); fi
  done <<<"$files"
  case ${#COMPREPLY[@]}:${COMP_TYPE:-9} in
    # Insert one of them, the next of them, or all of them.
    1:* | *:37 | *:42) COMPREPLY=("${COMPREPLY[@]%%  *}") ;;
    # An empty line keeps bash from replacing a title with the characters that all ids start with.
    *) if [ "$is_extended" = 0 ]; then COMPREPLY+=(' '); fi ;;
  esac
}
