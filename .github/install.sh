#!/bin/sh
# Installs the ccrun of a release on Linux or macOS, without root.
#
#   curl -fsSL https://raw.githubusercontent.com/ccrun/ccrun/main/.github/install.sh | sh
#   curl -fsSL ... | sh -s -- --version 0.1.0 --to /usr/local/bin
#
# An existing ccrun is replaced only after the checksum was verified and the new binary has run.
# Everything is in functions, because a shell runs the part of a script that it has received when
# the download breaks.
set -eu

releases=https://github.com/ccrun/ccrun/releases
usage='use --version VERSION or --to DIRECTORY'
supported='ccrun is built for Linux with glibc and for macOS, on x64 and arm64. For another system,'
supported="$supported run \`deno task compile\` in a clone of https://github.com/ccrun/ccrun"
work=''
staged=''

fail() {
  # A path or the message of a program may contain control characters.
  printf 'install.sh: %s\n' "$(printf '%s' "$*" | tr '[:cntrl:]' '?')" >&2
  exit 1
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# Sets `version` and `directory`.
read_arguments() {
  version=''
  directory=''
  while [ $# -gt 0 ]; do
    case $1 in
      --version | --to) [ -n "${2-}" ] || fail "$1 has no value: $usage" ;;
      *) fail "unknown argument $1: $usage" ;;
    esac
    case $1 in
      --version) version=${2#v} ;;
      --to) directory=$2 ;;
    esac
    shift 2
  done
  case $version in
    *[!0-9A-Za-z.+-]*) fail "$version is not a version: use a version such as 0.1.0" ;;
  esac
  if [ -z "$directory" ]; then
    [ -n "${HOME-}" ] || fail "HOME is not set: use --to DIRECTORY"
    directory=$HOME/.local/bin
  fi
  case $directory in
    /*) ;;
    *) directory=$PWD/$directory ;;
  esac
  case $directory in
    *:* | *[[:cntrl:]]*)
      fail "cannot install in $directory: PATH cannot contain a colon or a control character"
      ;;
  esac
}

# Sets `archive`.
select_archive() {
  system=$(uname -s)
  machine=$(uname -m)
  case $system in
    Linux)
      # A 32-bit system can have a 64-bit kernel.
      [ "$(getconf LONG_BIT 2>/dev/null || echo 64)" = 64 ] || machine="32-bit $machine"
      case $(ldd --version 2>&1 || true) in
        *musl*) fail "cannot install on Linux with musl: $supported" ;;
      esac
      target=unknown-linux-gnu
      ;;
    Darwin)
      # Under Rosetta, uname prints the emulated processor.
      [ "$(sysctl -n sysctl.proc_translated 2>/dev/null || true)" != 1 ] || machine=arm64
      target=apple-darwin
      ;;
    MINGW* | MSYS* | CYGWIN*)
      fail "this script is for Linux and macOS: on Windows, download" \
        "$releases/latest/download/ccrun-x86_64-pc-windows-msvc.zip"
      ;;
    *) fail "cannot install on $system: $supported" ;;
  esac
  case $machine in
    x86_64 | amd64) archive=ccrun-x86_64-$target.tar.gz ;;
    aarch64 | arm64) archive=ccrun-aarch64-$target.tar.gz ;;
    *) fail "cannot install on $system $machine: $supported" ;;
  esac
}

# Fails before the download if the binary could not be installed.
check_directory() {
  if [ -d "$directory/ccrun" ]; then
    fail "cannot replace $directory/ccrun: it is a directory"
  fi
  if [ -d "$directory" ] && [ ! -w "$directory" ]; then
    fail "cannot write to $directory: permission denied. Use --to DIRECTORY"
  fi
}

# Downloads a file of the release to the current directory.
download() {
  url=$releases/latest/download/$1
  [ -z "$version" ] || url=$releases/download/v$version/$1
  if has curl; then
    reason=$(curl --proto '=https' -fsSL -O "$url" 2>&1) && return
  elif has wget; then
    reason=$(wget -q "$url" 2>&1) && return
    reason=${reason:-wget exited with $?}
  else
    fail "cannot download $url: install curl or wget"
  fi
  fail "cannot download $url: $reason"
}

# Prints the SHA-256 of a file, and its name.
digest() {
  if has sha256sum; then
    sha256sum "$1"
  elif has shasum; then
    shasum -a 256 "$1"
  else
    fail "cannot verify the checksum: install sha256sum or shasum"
  fi
}

verify() {
  expected=$(sed -n "s/  $archive\$//p" SHA256SUMS)
  actual=$(digest "$archive")
  [ "${actual%% *}" = "$expected" ] ||
    fail "cannot install $archive: its checksum is not the one in SHA256SUMS"
}

# Runs the new binary, and then replaces the old one by renaming, which works even if that one runs.
install_binary() {
  reason=$(mkdir -p "$directory" 2>&1) || fail "cannot create $directory: $reason"
  directory=$(cd "$directory" && pwd)
  reason=$(mktemp "$directory/.ccrun.XXXXXX" 2>&1) || fail "cannot write to $directory: $reason"
  staged=$reason
  reason=$({ cp ccrun "$staged" && chmod 755 "$staged"; } 2>&1) ||
    fail "cannot write to $directory: $reason"
  installed=$("$staged" --version 2>&1 </dev/null) ||
    fail "cannot run the binary on this machine: $installed. $supported"
  reason=$(mv -f "$staged" "$directory/ccrun" 2>&1) ||
    fail "cannot replace $directory/ccrun: $reason"
  staged=''
}

# Prints text as one word of bash, zsh and fish.
quote() {
  printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"
}

report() {
  printf '%s is installed as %s\n' "$installed" "$directory/ccrun"
  case :$PATH: in
    *:"$directory":*)
      found=$(command -v ccrun || true)
      [ "$found" = "$directory/ccrun" ] || printf 'The shell finds another one first: %s\n' "$found"
      ;;
    *) advise_path ;;
  esac
}

advise_path() {
  printf '%s is not in PATH. To add it, ' "$directory"
  case ${SHELL-} in
    */fish)
      printf 'run this command:\n  fish_add_path %s\n' "$(quote "$directory")"
      return
      ;;
    */zsh) file=.zshrc ;;
    */bash) [ "$system" = Darwin ] && file=.bash_profile || file=.bashrc ;;
    *) file=.profile ;;
  esac
  # shellcheck disable=SC2016 # the reader's shell expands $PATH
  printf 'append this line to ~/%s:\n  export PATH=%s:"$PATH"\n' "$file" "$(quote "$directory")"
}

clean_up() {
  rm -rf ${work:+"$work"} ${staged:+"$staged"}
}

main() {
  read_arguments "$@"
  select_archive
  check_directory
  trap clean_up EXIT
  # Not every shell runs the trap EXIT when a signal stops it.
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 141' PIPE
  trap 'exit 143' TERM
  reason=$(mktemp -d 2>&1) || fail "cannot create a temporary directory: $reason"
  work=$reason
  cd "$work"
  [ ! -t 2 ] || printf 'Downloading %s\n' "$archive" >&2
  download SHA256SUMS
  download "$archive"
  verify
  reason=$(tar -xzof "$archive" ccrun 2>&1) || fail "cannot unpack $archive: $reason"
  install_binary
  report
}

# The braces make an incomplete last line a syntax error.
{ main "$@"; }
