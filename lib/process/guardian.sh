# shellcheck shell=sh disable=SC2086 # Lists are strings of words and are split on purpose.
#
# The guardian of one run, for any POSIX shell. It finds every process of the run and stops them all
# when ccrun asks for it, or when ccrun has died.
#
# Variables:
#   TOKEN           the token that the run's processes carry in CCRUN_RUNS
#   SOURCE          how to list processes: "proc" reads /proc, "ps" runs ps
#   GRACE           the grace period in seconds if ccrun dies
#   SIGNAL_TARGET   the process that receives SIGINT: "root" is the child, and "inner" is the first
#                   process of the child's child, which is the program inside a PID namespace
#
# Commands on stdin, one per line, and the replies on stdout:
#   root PID              guard this child, which leads a session
#   scan                  remember the run's processes; replies "ok"
#   suspend, resume       suspend or resume all processes; replies "ok"
#   list                  report "leftover PID COMMAND" for each process, and exit
#   end SECONDS [asked]   stop everything within the grace period, and exit; "asked" means that the
#                         child has received SIGINT. Reports "leftover PID COMMAND" for each process
#                         that outlived the child, and "remains PID COMMAND" for each one that
#                         SIGKILL did not end. Reports "timer PID" first if anything must be waited
#                         for. ccrun kills that process to end the grace period early.
#
# When stdin ends without one of the last two, ccrun has died, and the guardian does the same as for
# "end". If it cannot list processes, it stops the child and its process group and exits with 3.
#
# A process belongs to the run if one of these is true now or was true at an earlier scan:
# - it carries the token in its environment,
# - it is in the session of the child, or in one that a process of the run has created,
# - it descends from a process of the run.
# A process is identified by its pid and start time, because pids are reused.

# A signal that stops ccrun must not stop its guardian.
trap '' HUP INT QUIT TERM PIPE TSTP TTIN TTOU ALRM USR1 USR2
exec 2>/dev/null

root=0 root_start_time='' finished=''
# Processes are listed as PID:START: those of the run at the last scan, those of them that were not
# reported before, and all reported ones.
processes='' unreported='' reported=''
sessions='' # the sessions of the run
timer='' expired=''

# A shell that cannot fork because there are too many processes exits by itself.
trap 'kill_root_group; send_signal_if_alive KILL $processes' EXIT

can_scan=1
command -v awk && command -v grep || can_scan=
if [ "$SOURCE" = proc ]; then
  [ -r /proc/$$/stat ] || can_scan=
else
  command -v ps || can_scan=
  [ "$(uname)" = Darwin ] && environment_options='-A -E -ww' || environment_options='axeww'
fi

# Prints the name of each environment in /proc, followed by the token if the environment has it. Uses
# one grep for all, because one for each process would be slow on a busy machine.
list_tokens() {
  # If there are several files, head prints a line with the name of each, which tr joins to the first
  # variable. Linux allows environments of 6 MB.
  head -c 8388608 /dev/null /proc/[0-9]*/environ | tr '\n\0' ' \n' |
    grep -aoE "==> /proc/[0-9]+/environ|(^| <== )CCRUN_RUNS=([0-9a-f]+:)*$TOKEN(:|\$)"
}

# Prints the tokens, and each line of all stat files with the file's name.
list_proc() {
  list_tokens
  grep -aHs '' /proc/[0-9]*/stat
}

# Prints what scan needs. The first three lines are on stdin and not in argv because of their length.
list_processes() {
  echo "$processes"
  echo "$sessions"
  echo "$reported"
  if [ "$SOURCE" = ps ]; then
    LC_ALL=C ps $environment_options -o pid= -o ppid= -o pgid= -o stat= -o lstart= -o command=
    return
  fi
  list_proc
  if [ "$1" = twice ]; then
    echo again
    list_proc
  fi
}

# Sets processes, unreported and sessions. Fails if a helper could not be started. "scan twice" lists
# /proc twice, because a process shows no environment while it executes a program.
scan() {
  answer=$(list_processes "$1" | awk -v me=$$ -v root="$root" -v root_start="$root_start_time" \
    -v token="$TOKEN" -v source="$SOURCE" '
    # Fills member with the listed processes that belong to the run.
    function find_members(  p, s, found_more, reused) {
      if ((root in start) && start[root] != root_start) root = 0
      for (p in start) {
        if (root > 1 && (p == root || session[p] == root)) member[p]
        if ((p ":" start[p]) in earlier) member[p]
      }
      # A session whose leader is a foreign process has reused the number of an old session.
      for (s in owned) if ((s in start) && !(s in member)) reused[s]
      for (s in reused) delete owned[s]
      # A session without a leader belongs to the run if a member is in it: no process can join
      # a session, and the child leads its own.
      do {
        found_more = 0
        for (p in start) {
          s = session[p]
          if (!(p in member) && ((parent[p] in member) || (s in owned))) { member[p]; found_more = 1 }
          if (!(p in member) || (s in owned) || s <= 1) continue
          if ((s in member) || !(s in start)) { owned[s]; found_more = 1 }
        }
      } while (found_more)
    }
    NR <= 3 {
      count = split($0, item, " ")
      for (i = 1; i <= count; i++) {
        if (NR == 1) earlier[item[i]]
        else if (NR == 2) owned[item[i]]
        else reported[item[i]]
      }
      next
    }
    source == "proc" && $0 == "again" {
      find_members()
      for (p in member) if (p in start) earlier[p ":" start[p]]
      split("", member); split("", start); split("", parent); split("", session); split("", state)
      is_listed = 0
      next
    }
    source == "proc" && /^==>/ { split($0, part, "/"); marked = part[3]; next }
    source == "proc" && /^( <== )?CCRUN_RUNS=/ { member[marked]; next }
    source == "proc" {
      # The name of a process may contain blanks, parentheses and line breaks.
      split($0, part, "/"); sub(/^.*\) /, "")
      if (split($0, field, " ") < 20) next
      p = part[3]
      state[p] = field[1]; parent[p] = field[2]; session[p] = field[4]; start[p] = field[20]
      is_listed = 1
      next
    }
    {
      # ps does not report sessions everywhere, so process groups stand in for them.
      p = $1
      parent[p] = $2; session[p] = $3; state[p] = $4; start[p] = $5 $6 $7 $8 $9
      if ($0 ~ (" CCRUN_RUNS=([0-9a-f]+:)*" token "(:[0-9a-f]+)*( |$)")) member[p]
      is_listed = 1
    }
    END {
      if (!is_listed) exit
      find_members()
      for (p in member) {
        if (!(p in start) || p + 0 <= 1 || p == me) continue
        if (session[p] in owned) live_session[session[p]]
        if (state[p] ~ /^[ZX]/) continue
        name = p ":" start[p]
        all = all " " name
        if (!(name in reported)) unreported = unreported " " name
      }
      for (s in live_session) sessions = sessions " " s
      print sessions "|" unreported "|" all "|ok"
    }')
  IFS='|'
  set -- $answer
  unset IFS
  [ "$4" = ok ] || return 1
  sessions=$1 unreported=$2 processes=$3
}

# Sets fields to the fields of a stat file from the state on.
read_stat() {
  fields=
  while read -r line; do fields=${line##*") "}; done <"/proc/$1/stat"
}

# Sets start_time, which is empty if the process has ended.
read_start_time() {
  start_time=
  if [ "$SOURCE" = proc ]; then
    read_stat "$1"
    case $fields in Z* | X*) return ;; esac
    set -- $fields
    start_time=${20}
  else
    # shellcheck disable=SC2046
    set -- $(LC_ALL=C ps -o stat= -o lstart= -p "$1")
    case $1 in "" | Z* | X*) return ;; esac
    start_time=$2$3$4$5$6
  fi
}

is_alive() {
  read_start_time "${1%%:*}"
  [ -n "$start_time" ] && [ "$start_time" = "${1#*:}" ]
}

any_alive() {
  for item do is_alive "$item" && return; done
  return 1
}

send_signal() {
  name=$1
  shift
  for item do kill -s "$name" "${item%%:*}"; done
}

send_signal_if_alive() {
  name=$1
  shift
  for item do is_alive "$item" && kill -s "$name" "${item%%:*}"; done
}

# Kills the child's process group in one step, so no fork can escape.
kill_root_group() {
  [ "$root" -gt 1 ] || return
  read_start_time "$root"
  [ -z "$start_time" ] || [ "$start_time" = "$root_start_time" ] && kill -s KILL -- "-$root"
}

read_parent() {
  read_stat "$1"
  set -- $fields
  parent=$2
  [ -n "$parent" ]
}

# Sets target to the process that receives SIGINT.
find_target() {
  target=$root
  [ "$SIGNAL_TARGET" = inner ] || return 0
  for item in $processes; do
    pid=${item%%:*}
    if ! read_parent "$pid" || ! read_parent "$parent"; then continue; fi
    [ "$parent" = "$root" ] || continue
    if [ "$target" = "$root" ] || [ "$pid" -lt "$target" ]; then target=$pid; fi
  done
}

# Prints a word, the pid and the command of each process, except the helpers of nested runs: their
# guardians, and those that remove their private files.
report() {
  word=$1 files='' pids=''
  shift
  for item do
    files="$files /proc/${item%%:*}/cmdline"
    pids="$pids,${item%%:*}"
  done
  [ -n "$pids" ] || return
  if [ "$SOURCE" = ps ]; then
    ps -ww -o pid= -o command= -p "${pids#,}" |
      sed "/ccrun-guardian/d; /ccrun-cleanup/d; s/^ */$word /" | cut -c 1-300
    return
  fi
  # head prints the name of each file if there are several.
  head -c 300 /dev/null $files | tr '\0' ' ' | awk -v word="$word" '
    function flush() { if (pid > 0 && text !~ /ccrun-(guardian|cleanup)/) print word, pid, text; text = "" }
    /^==> .* <==$/ { flush(); split($0, part, "/"); pid = part[3] + 0; next }
    { text = text $0 " " }
    END { flush() }'
}

start_timer() {
  [ -z "$timer$expired" ] || return
  # It must not hold the pipe to ccrun open.
  sleep "$seconds" >/dev/null &
  timer=$!
  echo "timer $timer"
}

stop_timer() {
  [ -n "$timer" ] || return
  # It ignores the same signals as the guardian.
  kill -s KILL "$timer"
  wait "$timer"
}

grace_expired() {
  # The pid of a timer that has ended may be reused.
  [ -z "$timer" ] || kill -0 "$timer" || timer='' expired=1
  [ -n "$expired" ]
}

# Stops the child by its pid, and kills its process group.
end_without_scan() {
  start_timer
  if [ "$root" -gt 1 ]; then
    [ "$1" = asked ] || kill -s INT "$root"
    kill -s CONT "$root"
    while ! grace_expired && kill -0 "$root"; do sleep 0.05; done
    kill -s KILL -- "-$root"
  fi
  stop_timer
}

# Asks the child to exit and waits for it.
end_root() {
  start_timer
  scan # its descendants may lose their parent soon
  find_target
  [ "$1" = asked ] || kill -s INT "$target"
  # A suspended process cannot handle the signal, and the child may wait for its descendants.
  send_signal CONT "$target" $processes
  while ! grace_expired && is_alive "$root:$root_start_time"; do sleep 0.05; done
}

# Stops what the child has left running, until no process of the run is found.
end_leftovers() {
  kills=0 empty_scans=0
  while [ $kills -lt 40 ]; do
    remaining='' groups=''
    if scan twice; then
      if [ -z "$processes" ]; then
        empty_scans=$((empty_scans + 1))
        # One list of ps may have missed a process that was just starting.
        [ "$SOURCE" = proc ] || [ $empty_scans -ge 2 ] && break
        continue
      fi
      start_timer
      remaining=$processes groups=$sessions empty_scans=0
    else
      start_timer
      unreported=''
      sleep 0.05
    fi
    if grace_expired; then
      kill_root_group
      for item in $groups; do kill -s KILL -- "-$item"; done
      send_signal KILL $remaining
      kills=$((kills + 1))
      [ $kills -gt 1 ] && sleep 0.05
      continue
    fi
    report leftover $unreported
    reported="$reported $unreported"
    send_signal TERM $unreported
    send_signal CONT $unreported
    # Then scan again, because these may start further processes.
    for _ in 1 2 3 4 5; do
      if grace_expired || ! any_alive $remaining; then break; fi
      sleep 0.05
    done
  done
}

# Arguments: the grace period in seconds, and "asked" if the child has received SIGINT.
end() {
  seconds=$1
  [ "$seconds" != 0 ] || expired=1
  if [ -z "$can_scan" ]; then
    end_without_scan "$2"
    trap - EXIT
    exit 3
  fi
  if [ "$root" -gt 1 ] && is_alive "$root:$root_start_time"; then end_root "$2"; fi
  end_leftovers
  # A process that forks and exits faster than it can be listed is still in the group.
  kill_root_group
  stop_timer
  report remains $remaining
}

while read -r command argument; do
  case $command in
  root)
    read_start_time "$argument"
    root=$argument root_start_time=$start_time
    ;;
  scan)
    scan
    echo ok
    ;;
  suspend)
    # A suspended process cannot fork. The next scan finds what it had just started.
    for _ in 1 2 3; do scan && send_signal STOP $processes; done
    echo ok
    ;;
  resume)
    send_signal CONT $processes
    echo ok
    ;;
  list)
    scan && report leftover $processes
    finished=1
    break
    ;;
  end)
    end $argument
    finished=1
    break
    ;;
  esac
done

if [ -z "$finished" ]; then
  # A child that is just being started does not carry the token yet.
  [ "$root" -gt 0 ] || sleep 0.1
  end "$GRACE"
fi
trap - EXIT
