# shellcheck shell=bash
# Functions of the scripts of the action. They work in bash 3.2, the version that macOS has.

unset CDPATH

# fail REASON MESSAGE: reports an error, sets the output exit_reason, and exits as ccrun does.
fail() {
  local reason=$1 message=${2//%/%25} code=1
  if [[ $reason == usage ]]; then code=2; fi
  echo "::error title=ccrun%3A $reason::$message" >&2
  echo "exit_reason=$reason" >>"$GITHUB_OUTPUT"
  exit "$code"
}

# Prints the beginning of a value, quoted and on one line.
quote() {
  local value=$1
  if [[ ${#value} -gt 60 ]]; then value="${value:0:57}..."; fi
  printf '%q' "$value"
}

# Prints the target of a release that runs on this machine.
ccrun_target() {
  # Only GitHub's own runners are sure to set both variables.
  local system=${RUNNER_OS:-$(uname -s)} processor=${RUNNER_ARCH:-$(uname -m)}
  case $system-$processor in
    Linux-X64 | Linux-x86_64) echo x86_64-unknown-linux-gnu ;;
    Linux-ARM64 | Linux-aarch64) echo aarch64-unknown-linux-gnu ;;
    macOS-X64) echo x86_64-apple-darwin ;;
    macOS-ARM64) echo aarch64-apple-darwin ;;
    *) fail usage "cannot run on $system $processor: use a runner with Linux or macOS, on x64 or arm64" ;;
  esac
}

# Prints the workspace without links in its path.
workspace() {
  cd -P -- "$GITHUB_WORKSPACE" && pwd
}

# Enters the working directory. A link in the checkout must not lead out of the workspace.
enter_working_directory() {
  local directory=$INPUT_WORKING_DIRECTORY
  if [[ $directory != /* ]]; then directory=$GITHUB_WORKSPACE/$directory; fi
  cd -P -- "$directory" 2>/dev/null ||
    fail usage "cannot enter working-directory $(quote "$INPUT_WORKING_DIRECTORY"): name a directory in the workspace"
  [[ $PWD/ == "$(workspace)"/* ]] ||
    fail usage "working-directory $(quote "$INPUT_WORKING_DIRECTORY") is outside the workspace: name a directory in it"
}

# Removes relative directories and those of the workspace from PATH, so that no program of the checkout runs.
use_safe_path() {
  local directories directory real root path=
  root=$(workspace)
  IFS=: read -r -a directories <<<"$PATH"
  for directory in "${directories[@]}"; do
    real=$(cd -P -- "$directory" 2>/dev/null && pwd) || continue
    if [[ $directory == /* && $real/ != "$root"/* ]]; then path+=${path:+:}$real; fi
  done
  PATH=$path
}

# need_commands COMMAND...: fails unless PATH has all of them.
need_commands() {
  local command
  for command in "$@"; do
    command -v "$command" >/dev/null ||
      fail failed "$command is not in PATH: install it in an earlier step (actions/setup-node brings npm)"
  done
}
