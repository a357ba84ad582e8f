#!/bin/bash
# Checks the platform and the inputs before anything is downloaded.
set -eo pipefail
source "${BASH_SOURCE[0]%/*}/common.sh"
source "${BASH_SOURCE[0]%/*}/words.sh"

# check_version INPUT VALUE EXAMPLE: fails unless the value is an exact version.
check_version() {
  local LC_ALL=C pattern='^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z]+(\.[0-9A-Za-z]+)*)?$'
  [[ $2 =~ $pattern ]] || fail usage "$1 is $(quote "$2"): use an exact version such as $3"
}

ccrun_target >/dev/null
check_version ccrun-version "$INPUT_CCRUN_VERSION" 0.1.0
check_version claude-version "$INPUT_CLAUDE_VERSION" 2.1.332

if [[ -z ${INPUT_PROMPT//[[:space:]]/} && -z $INPUT_PROMPT_FILE ]]; then
  fail usage "no prompt: set prompt or prompt-file"
fi
if [[ -n $INPUT_PROMPT && -n $INPUT_PROMPT_FILE ]]; then
  fail usage "several prompts: set prompt or prompt-file, not both"
fi

split_words "$INPUT_ARGS" || fail usage "cannot split args: a quote is not closed"

case $INPUT_ALLOW_UNSAFE_PR_CHECKOUT in
  true | false) ;;
  *) fail usage "allow-unsafe-pr-checkout is $(quote "$INPUT_ALLOW_UNSAFE_PR_CHECKOUT"): use true or false" ;;
esac

enter_working_directory
