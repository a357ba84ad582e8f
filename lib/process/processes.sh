# shellcheck shell=sh disable=SC2034,SC2086,SC2153,SC2154
# guardian.sh shares the variables. Lists are strings of words and are split on purpose.
#
# The first part of the guardian: it finds, signals and reports the processes of a run.
#
# A process is given as PID:START with its start time, because pids are reused. Only processes of the
# current user are signaled, and only if they still have that start time.

# A signal that stops ccrun must not stop its guardian.
trap '' HUP INT QUIT TERM PIPE TSTP TTIN TTOU ALRM USR1 USR2
exec 2>/dev/null

find_members=$FIND_MEMBERS
unset FIND_MEMBERS

ccrun=$PPID
root=0 root_start='' # the child
members=''           # the processes of the run at the last scan
unreported=''        # those of them that were not reported before
reported=''
others=''   # processes of the run that run as another user
foreign=''  # processes outside the run that carry the token
sessions='' # the sessions that processes of the run have begun
groups=''   # process groups that contain only processes of the run
reaper=''   # the process that adopts orphans

# Sets fields to the fields of a stat file from the state on.
read_stat() {
  fields=
  while read -r line; do fields=${line##*") "}; done <"/proc/$1/stat"
}

# Sets parent.
read_parent() {
  read_stat "$1"
  set -- $fields
  parent=$2
  [ -n "$parent" ]
}

# Sets start and user to the start time and the real user of a process. They are empty if it has ended.
read_identity() {
  start='' user=''
  if [ "$SOURCE" = proc ]; then
    read_stat "$1"
    case $fields in '' | Z* | X*) return ;; esac
    while read -r key user _; do [ "$key" != Uid: ] || break; done <"/proc/$1/status"
    set -- $fields
    start=${20}
  else
    # shellcheck disable=SC2046
    set -- $(LC_ALL=C ps -o ruid= -o stat= -o lstart= -p "$1")
    case $2 in '' | Z* | X*) return ;; esac
    user=$1 start=$3$4$5$6$7
  fi
}

can_scan=1 uid=''
command -v awk >/dev/null && command -v grep >/dev/null || can_scan=
if [ "$SOURCE" = proc ]; then
  read_identity $$
  uid=$user
elif command -v ps >/dev/null; then
  uid=$(id -u)
  [ "$(uname)" = Darwin ] && environment_options='-A -E -ww' || environment_options='axeww'
fi
[ -n "$uid" ] || can_scan=

still_runs() {
  read_identity "${1%%:*}"
  [ -n "$start" ] && [ "$start" = "${1#*:}" ]
}

# Returns whether a process still runs, and belongs to the current user.
is_ours() {
  # Without /proc and ps, no process can be identified.
  [ -n "$uid" ] || { kill -0 "${1%%:*}"; return; }
  still_runs "$1" && [ "$user" = "$uid" ]
}

any_runs() {
  for item do is_ours "$item" && return; done
  return 1
}

# Sends a signal to each process.
signal() {
  name=$1
  shift
  for item do is_ours "$item" && kill -s "$name" "${item%%:*}"; done
}

# Kills whole process groups of the last scan, so that no fork escapes. A group whose leader has ended
# keeps its number.
kill_groups() {
  [ -z "$others" ] || return
  for group in $groups; do
    read_identity "$group"
    case " $root:$root_start $members " in
    *" $group:$start "*) kill -s KILL -- "-$group" ;;
    *) [ -n "$start" ] || kill -s KILL -- "-$group" ;;
    esac
  done
}

# Prints the parent of a process whose own parent has ended.
find_reaper() {
  [ "$SOURCE" = proc ] || { echo 1; return; }
  (
    read -r middle _ </proc/self/stat
    while read_parent self && [ "$parent" = "$middle" ]; do :; done && echo "$parent" &
  )
}

prepare_scan() {
  reaper=$(find_reaper)
  # A grep without this option, such as the one of BusyBox, ends lines at null characters anyway.
  grep -z x </dev/null
  [ $? -gt 1 ] && null_option='' || null_option=-z
}

# Prints the input of find_members.awk. Other users can read argv, so the token is not in it.
list_processes() {
  [ "$SOURCE" = ps ] && echo "$token" || echo
  printf '%s\n' "$members" "$sessions" "$reported" "$foreign"
  if [ "$SOURCE" = ps ]; then
    echo
    LC_ALL=C ps $environment_options -o pid= -o ppid= -o pgid= -o ruid= -o stat= -o lstart= -o command=
    return
  fi
  pattern="^CCRUN_RUNS=([0-9a-f]+:)*$token(:[0-9a-f]+)*\$"
  # shellcheck disable=SC2005,SC2046 # Joins the lines.
  echo $(echo "$pattern" | grep -lsE $null_option -f - /proc/[0-9]*/environ)
  grep -aHs '' /proc/[0-9]*/stat
}

# Updates all lists. Fails if a helper program could not be started.
scan() {
  [ -n "$reaper" ] || prepare_scan
  result=$(list_processes | awk -v source="$SOURCE" -v me=$$ -v ccrun="$ccrun" -v uid="$uid" \
    -v root="$root" -v root_start="$root_start" -v reaper="$reaper" "$find_members")
  IFS='|'
  set -- $result
  unset IFS
  [ "$7" = ok ] || return 1
  sessions=$1 groups=$2 unreported=$3 members=$4 others=$5 foreign=$6
}

# Adds the sessions that children of the child have begun, such as a shell that runs a tool. This
# costs much less than a scan, so it can be done often. Does nothing on systems without such files.
watch_sessions() {
  for file in /proc/"$root"/task/*/children; do
    children=
    read -r children <"$file"
    for pid in $children; do
      case " $sessions " in *" $pid "*) continue ;; esac
      read_stat "$pid"
      set -- $fields
      [ "$4" = "$pid" ] && sessions="$sessions $pid"
    done
  done
}

# Prints the command line of each process, with the name of its file before each line.
read_commands() {
  if [ "$SOURCE" = proc ]; then
    files=''
    for item do files="$files /proc/${item%%:*}/cmdline"; done
    grep -aHs '' $files
    return
  fi
  for item do
    text=$(ps -ww -o command= -p "${item%%:*}")
    printf '/ps/%s/:%s\n' "${item%%:*}" "${text%%"$line_break"*}"
  done
}

line_break='
'

# Prints a word, the pid and the command line of each process that still runs after it was read. A
# command line is untrusted text.
report() {
  word=$1
  shift
  [ $# -gt 0 ] || return
  # The items are not in argv because of their length.
  { echo "$*"; read_commands "$@"; } | tr '\000-\011\013-\037\177' ' ' | awk '
    NR == 1 { count = split($0, item, " "); next }
    {
      line = substr($0, 1, 400)
      split(line, part, "/"); p = part[3]
      sub(/^[^:]*:/, "", line)
    }
    length(text[p]) < 300 { text[p] = text[p] line " " }
    END {
      for (i = 1; i <= count; i++) { p = item[i]; sub(/:.*/, "", p); print item[i], text[p] }
    }' | while read -r item text; do
    still_runs "$item" && printf '%s\n' "$word ${item%%:*} $text"
  done
}
