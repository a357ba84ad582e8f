#!/bin/bash
# Refuses to run an agent on the code of a pull request if the workflow runs with secrets for any author.
set -eo pipefail
source "${BASH_SOURCE[0]%/*}/common.sh"

case $GITHUB_EVENT_NAME in
  pull_request_target | issue_comment) ;;
  workflow_run)
    # These events start only from the repository itself. Others, such as another workflow_run, can follow a
    # pull request.
    case $WORKFLOW_RUN_EVENT in
      push | schedule | workflow_dispatch | repository_dispatch | merge_group | release) exit 0 ;;
    esac
    ;;
  *) exit 0 ;;
esac
if [[ $INPUT_ALLOW_UNSAFE_PR_CHECKOUT == true ]]; then exit 0; fi

refuse() {
  fail usage "refused to run on $GITHUB_EVENT_NAME, because $1: check out the commit in GITHUB_SHA, or read \`ccrun help security\` and set allow-unsafe-pr-checkout: true"
}

# git_in GIT_DIRECTORY ARGUMENT...: runs git without the parts of its configuration that run programs, or that
# state the parents of a commit.
git_in() {
  git -c core.fsmonitor=false -c core.commitGraph=false --git-dir="$1" "${@:2}" 2>/dev/null
}

# head_of GIT_DIRECTORY: prints the commit that is checked out.
head_of() {
  git_in "$1" rev-parse --verify --quiet 'HEAD^{commit}'
}

# is_of_base GIT_DIRECTORY COMMIT
is_of_base() {
  local base
  for base in "$GITHUB_SHA" "$BASE_SHA"; do
    if [[ -z $base ]]; then continue; fi
    if [[ $2 == "$base" ]]; then return 0; fi
    if git_in "$1" merge-base --is-ancestor "$2" "$base"; then return 0; fi
  done
  return 1
}

# has_staged_changes GIT_DIRECTORY: also true if that cannot be determined. Files that are taken from another
# commit are staged, such as those of `git merge --no-commit`. Those that a build changes are not.
has_staged_changes() {
  ! git_in "$1" diff-index --cached --quiet --no-ext-diff --ignore-submodules HEAD
}

# remotes_of GIT_DIRECTORY: prints the URLs of the remotes.
remotes_of() {
  git_in "$1" config --get-regexp '^remote\..*\.url$' | sed 's/^[^ ]* //; s/\/*$//; s/\.git$//'
}

# is_related GIT_DIRECTORY: returns whether it belongs to this repository or to that of the pull request.
is_related() {
  local url name
  while IFS= read -r url; do
    if [[ $'\n'$own_remotes$'\n' == *$'\n'"$url"$'\n'* ]]; then return 0; fi
    for name in "$GITHUB_REPOSITORY" "$HEAD_REPOSITORY"; do
      if [[ -n $name && $url == *[/:]"$name" ]]; then return 0; fi
    done
  done < <(remotes_of "$1")
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
need_commands find git sed
enter_working_directory
# A repository must not be able to have git replace commits or download missing ones.
for name in "${!GIT_@}"; do unset "$name"; done
export GIT_NO_REPLACE_OBJECTS=1 GIT_GRAFT_FILE=/dev/null GIT_NO_LAZY_FETCH=1 GIT_ALLOW_PROTOCOL=none
# The names of repositories are case-insensitive.
shopt -s nocasematch
own_remotes=$(remotes_of "$(git_directory)") || own_remotes=

# The checkout of the working directory must be of the base branch.
if directory=$(git_directory); then
  head=$(head_of "$directory") || refuse "the commit of the checkout cannot be determined"
  is_of_base "$directory" "$head" || refuse "the checkout is not of the base branch"
  if has_staged_changes "$directory"; then refuse "the checkout has staged changes"; fi
elif [[ -n $(ls -A) ]]; then
  refuse "the working directory has files, but no git repository shows what they are"
fi

# No other checkout in the workspace may be of the pull request. A merged one is in the base branch.
while IFS= read -r -d '' directory; do
  head=$(head_of "$directory") || continue
  if is_related "$directory" || [[ $head == "$HEAD_SHA" || $head == "$MERGE_SHA" ]]; then
    is_of_base "$directory" "$head" || refuse "the workspace has a checkout of the pull request or of another branch"
    if has_staged_changes "$directory"; then refuse "a checkout in the workspace has staged changes"; fi
  fi
done < <(find "$(workspace)" -name .git -prune -print0)
