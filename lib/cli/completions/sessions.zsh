# Prints what a word stands for. Only a ~ or a variable at its start is replaced, so that completing
# a line cannot run a command.
_ccrun_expand() {
  local value=${(Q)1}
  local -a match mbegin mend
  if [[ $value == (#b)\$(\{|)([A-Za-z_][A-Za-z0-9_]#)(\}|)(*) ]]; then
    value=${(P)match[2]}$match[4]
  fi
  value=${~value}
  print -r -- "$value"
}

# Offers the ids of the sessions whose id or title starts with the word. If nothing else matches, a
# title can also contain it.
_ccrun_sessions() {
  local text=${(Q)PREFIX} dir=. id day time turns tokens cost title line expl
  local -a ids shown other_ids other_shown
  integer at files=$compstate[nmatches]
  [[ $program == */ccrun ]] && program=$(_ccrun_expand $program 2>/dev/null) || program=ccrun
  for (( at = 2; at < CURRENT; at++ )); do
    case $words[at] in
      (-[a-zA-Z]#C|--cwd) dir=$words[at+1] ;;
      (-C?*) dir=${words[at]#-C} ;;
      (--cwd=*) dir=${words[at]#--cwd=} ;;
    esac
  done
  dir=$(_ccrun_expand $dir 2>/dev/null)
  if [[ last == (#i)"$text"* ]]; then
    ids=(last) shown=('last  the newest session of the workspace')
  fi
  while read -r id day time turns tokens cost title; do
    line="$id  $title ($day $time)"
    if [[ $id == (#i)"$text"* || $title == (#i)"$text"* ]]; then
      ids+=("$id") shown+=("$line[1,COLUMNS-1]")
    elif [[ $title == (#i)*"$text"* ]]; then
      other_ids+=("$id") other_shown+=("$line[1,COLUMNS-1]")
    fi
  done < <(command $program sessions --cwd="$dir" 2>/dev/null </dev/null)
  (( $#ids + files )) || ids=("$other_ids[@]") shown=("$other_shown[@]")
  # As for kill, start a menu instead of replacing a name with what all ids start with.
  if (( $#ids + files > 1 )) && [[ -n ${ids:#(#i)"$text"*} ]]; then compstate[insert]=menu; fi
  _wanted -V sessions expl session compadd -U -l -d shown -a ids
}

# Offers the files that start with the word, and the sessions.
_ccrun_sources() {
  local ret=1
  _files && ret=0
  _ccrun_sessions && ret=0
  return ret
}
