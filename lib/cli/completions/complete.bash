# Sets COMPREPLY to the lines on stdin.
_ccrun_reply() {
  local line
  while IFS= read -r line; do
    if [ -n "$line" ]; then COMPREPLY+=("$line"); fi
  done
}

_ccrun() {
  local IFS=$' \t\n'
  local current=${COMP_WORDS[COMP_CWORD]:-} command=run at=1
  local kind=none pending=none words='' prefix='' dir='' type=-d files word letters
  COMPREPLY=()
  if [ "$COMP_CWORD" -gt 1 ] && _ccrun_argument "${COMP_WORDS[1]}"; then
    command=${COMP_WORDS[1]}
    at=2
  fi
  # Read the words before the current one. pending is the kind of the value that follows.
  while [ "$at" -lt "$COMP_CWORD" ]; do
    word=${COMP_WORDS[at]}
    at=$((at + 1))
    if [ "$pending" != none ]; then
      # bash splits --option=value into three words.
      if [ "$word" = '=' ]; then continue; fi
      if [ "$pending" = workspace ]; then dir=$word; fi
      pending=none
      continue
    fi
    case $word in
      --) return 0 ;;
      --*=*)
        _ccrun_kind "$command" "${word%%=*}"
        if [ "$kind" = workspace ]; then dir=${word#*=}; fi
        ;;
      -[!-]?*)
        letters=${word#-}
        while [ -n "$letters" ]; do
          _ccrun_kind "$command" "-${letters:0:1}"
          letters=${letters:1}
          if [ "$kind" = none ]; then continue; fi
          if [ -z "$letters" ]; then
            pending=$kind
          elif [ "$kind" = workspace ]; then
            dir=$letters
          fi
          break
        done
        ;;
      *)
        _ccrun_kind "$command" "$word"
        pending=$kind
        ;;
    esac
  done
  if [ "$pending" != none ]; then
    if [ "$current" = '=' ]; then current=''; fi
    kind=$pending
  else
    case $current in
      --*=*)
        # Without = in COMP_WORDBREAKS, readline replaces the option, too.
        case ${COMP_WORDBREAKS:-} in
          *=*) ;;
          *) prefix=${current%%=*}= ;;
        esac
        _ccrun_kind "$command" "${current%%=*}"
        current=${current#*=}
        ;;
      -*) kind=options ;;
      *)
        if [ "$COMP_CWORD" -eq 1 ]; then command=''; fi
        _ccrun_argument "$command"
        ;;
    esac
  fi
  case $kind in
    words*) words=${kind#words } ;;
    options) _ccrun_options "$command" ;;
    session) _ccrun_sessions "$current" "$dir" "$prefix" '' ;;
    source)
      word=${current//[\\\"\']/}
      files=$(compgen -f -- "$word" | command sort)
      _ccrun_sessions "$current" "$dir" '' "$files"
      ;;
    file | dir | workspace)
      if [ "$kind" = file ]; then type=-f; fi
      # bash completes the others itself, because it quotes them.
      if [ -n "$prefix" ]; then
        _ccrun_reply <<<"$(compgen -P "$prefix" "$type" -- "$current")"
      fi
      ;;
  esac
  if [ -n "$words" ]; then
    _ccrun_reply <<<"$(compgen -P "$prefix" -W "$words" -- "$current")"
  fi
  # Without this, bash offers files when there are no words.
  case $kind in
    file | source) ;;
    dir | workspace) compopt +o default -o dirnames 2>/dev/null || true ;;
    *) compopt +o default 2>/dev/null || true ;;
  esac
  return 0
}

complete -o default -F _ccrun ccrun
