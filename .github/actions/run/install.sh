#!/bin/bash
# Installs ccrun and Claude Code into a private directory outside the workspace.
set -eo pipefail
source "${BASH_SOURCE[0]%/*}/common.sh"

# download FILE: downloads a file of the release into the current directory.
download() {
  local url=https://github.com/ccrun/ccrun/releases/download/v$INPUT_CCRUN_VERSION/$1
  curl -fsSL --retry 3 --proto =https -O "$url" || fail failed "cannot download $url"
}

# sha256_of FILE
sha256_of() {
  if command -v sha256sum >/dev/null; then sha256sum <"$1"; else shasum -a 256 <"$1"; fi | cut -d ' ' -f 1
}

install_ccrun() {
  local archive expected
  archive=ccrun-$(ccrun_target).tar.gz
  download SHA256SUMS
  download "$archive"
  expected=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' SHA256SUMS)
  [[ $(sha256_of "$archive") == "$expected" ]] ||
    fail failed "the checksum of $archive is wrong: the download is damaged or was replaced"
  tar -xzf "$archive" ccrun
  rm "$archive"
  ./ccrun --version >/dev/null </dev/null ||
    fail failed "ccrun $INPUT_CCRUN_VERSION does not run on this machine: it needs macOS, or Linux with glibc"
}

# The install script of the package only links the executable of the platform, so it need not run. A cache of
# its own, because other jobs may have written to the shared one.
install_claude() {
  local executable
  echo '{ "private": true }' >package.json
  npm install --prefix "$PWD" --global=false --cache "$PWD/cache" --ignore-scripts --include=optional \
    --engine-strict=false --no-audit --no-fund --no-package-lock --loglevel=error \
    "@anthropic-ai/claude-code@$INPUT_CLAUDE_VERSION" ||
    fail failed "cannot install Claude Code $INPUT_CLAUDE_VERSION with npm"
  rm -rf cache
  # Old versions of npm also install the executable for musl, and old versions of Claude Code have none.
  for executable in node_modules/@anthropic-ai/claude-code-*/claude node_modules/.bin/claude; do
    if "./$executable" --version &>/dev/null </dev/null; then
      ln -s "$executable" claude
      return
    fi
  done
  fail failed "Claude Code $INPUT_CLAUDE_VERSION does not run on this machine"
}

use_safe_path
need_commands awk curl npm tar
directory=$(mktemp -d "$RUNNER_TEMP/ccrun-XXXXXXXX")
cd "$directory"
install_ccrun
install_claude
echo "directory=$directory" >>"$GITHUB_OUTPUT"
echo "Installed ccrun $INPUT_CCRUN_VERSION and Claude Code $INPUT_CLAUDE_VERSION."
