# shellcheck shell=bash

# Splits a text into the array `words` as a shell does, but expands nothing. Returns 1 if a quote is not closed.
split_words() {
  local rest=$1 word='' has_word='' quote='' piece next
  local space=$'^[ \t\r\n]+' plain=$'^[^ \t\r\n\'"\\\\]+' single="^[^']+" double='^[^"\\]+'
  words=()
  while [[ -n $rest ]]; do
    next=${rest:0:1}
    piece=$next
    if [[ -n $quote && $next == "$quote" ]]; then
      quote=''
    elif [[ $quote == "'" ]]; then
      [[ $rest =~ $single ]]
      piece=${BASH_REMATCH[0]}
      word+=$piece
    elif [[ $next == "\\" ]]; then
      piece=${rest:0:2}
      # A backslash is an ordinary character at the end, and in double quotes before most others.
      if [[ $rest == "\\" || ($quote == '"' && $piece != "\\"[\"\\\$\`$'\n']) ]]; then
        word+=$piece
      elif [[ $piece != "\\"$'\n' ]]; then
        word+=${piece:1}
      fi
      [[ $piece == "\\"$'\n' ]] || has_word=1
    elif [[ $quote == '"' ]]; then
      [[ $rest =~ $double ]]
      piece=${BASH_REMATCH[0]}
      word+=$piece
    elif [[ $next == "'" || $next == '"' ]]; then
      quote=$next
      has_word=1
    elif [[ $rest =~ $space ]]; then
      piece=${BASH_REMATCH[0]}
      if [[ -n $has_word ]]; then words+=("$word"); fi
      word='' has_word=''
    else
      [[ $rest =~ $plain ]]
      piece=${BASH_REMATCH[0]}
      word+=$piece
      has_word=1
    fi
    rest=${rest:${#piece}}
  done
  if [[ -n $has_word ]]; then words+=("$word"); fi
  [[ -z $quote ]]
}
