#!/bin/bash
# Refuses to run an agent on the code of a pull request if the workflow runs with secrets for any author.
set -eo pipefail
source "${BASH_SOURCE[0]%/*}/common.sh"

case $GITHUB_EVENT_NAME in
  pull_request_target | issue_comment) ;;
  workflow_run)
    # The other events start only from a branch of the repository itself.
    case $WORKFLOW_RUN_EVENT in
      pull_request* | issue_comment) ;;
      *) exit 0 ;;
    esac
    ;;
  *) exit 0 ;;
esac
if [[ $INPUT_ALLOW_UNSAFE_PR_CHECKOUT == true ]]; then exit 0; fi

refuse() {
  fail usage "refused to run on $GITHUB_EVENT_NAME, because $1: check out the commit in GITHUB_SHA, or read \`ccrun help security\` and set allow-unsafe-pr-checkout: true"
}

# head_of GIT_DIRECTORY: prints the commit that is checked out.
head_of() {
  git --git-dir="$1" rev-parse --verify --quiet 'HEAD^{commit}' 2>/dev/null
}

# is_of_base GIT_DIRECTORY COMMIT
is_of_base() {
  local base
  for base in "$GITHUB_SHA" "$BASE_SHA"; do
    if [[ -z $base ]]; then continue; fi
    if [[ $2 == "$base" ]]; then return 0; fi
    if git --git-dir="$1" merge-base --is-ancestor "$2" "$base" 2>/dev/null; then return 0; fi
  done
  return 1
}

# Prints the .git of the working directory. git itself would also find a bare repository in the checkout.
git_directory() {
  local root directory=$PWD
  root=$(workspace)
  while [[ ! -e $directory/.git ]]; do
    if [[ $directory == "$root" ]]; then return 1; fi
    directory=${directory%/*}
  done
  echo "$directory/.git"
}

use_safe_path
enter_working_directory
# A repository must not be able to have git replace commits or download missing ones.
for name in "${!GIT_@}"; do unset "$name"; done
export GIT_NO_REPLACE_OBJECTS=1 GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=none

# No checkout in the workspace may be of the pull request. A merged one is in the base branch.
while IFS= read -r -d '' directory; do
  head=$(head_of "$directory") || continue
  if [[ $head == "$HEAD_SHA" || $head == "$MERGE_SHA" ]] && ! is_of_base "$directory" "$head"; then
    refuse "the workspace has a checkout of the pull request"
  fi
done < <(find "$(workspace)" -name .git -prune -print0)

# That of the working directory must be of the base branch.
if directory=$(git_directory); then
  head=$(head_of "$directory") || refuse "the commit of the checkout cannot be determined"
  is_of_base "$directory" "$head" || refuse "the checkout is not of the base branch"
elif [[ -n $(ls -A) ]]; then
  refuse "the working directory has files, but no git repository shows what they are"
fi
