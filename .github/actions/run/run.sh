#!/bin/bash
# Runs the prompt. Options of the input `args` come last, so that they take precedence.
set -eo pipefail
source "${BASH_SOURCE[0]%/*}/common.sh"
source "${BASH_SOURCE[0]%/*}/words.sh"

enter_working_directory
split_words "$INPUT_ARGS"

# The settings and MCP servers of the checkout are not read, because its author may be a stranger.
options=(--claude "$INSTALL_DIRECTORY/claude" --setting-sources user --strict-mcp-config --no-stdin)
if [[ -n $INPUT_PROMPT_FILE ]]; then
  options+=("--prompt-file=$INPUT_PROMPT_FILE")
else
  options+=("--prompt=$INPUT_PROMPT")
fi
exec "$INSTALL_DIRECTORY/ccrun" "${options[@]}" "${words[@]}"
