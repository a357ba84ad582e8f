# shellcheck shell=sh disable=SC2034,SC2086,SC2154
# processes.sh shares the variables. Lists are strings of words and are split on purpose.
#
# The guardian of one run, for any POSIX shell. It finds every process of the run and stops them all
# when ccrun asks for it, or when ccrun has died. It runs after processes.sh, in the same shell.
#
# Variables:
#   SOURCE          how to list processes: "proc" reads /proc, "ps" runs ps
#   GRACE           the grace period in seconds if ccrun dies
#   SIGNAL_TARGET   the process that receives SIGINT: "root" is the child, and "inner" is the first
#                   process of the child's child, which is the program inside a PID namespace
#   FIND_MEMBERS    the program find_members.awk
#
# The first line on stdin is the token that the run's processes carry in CCRUN_RUNS. The others are
# orders, whose replies are on stdout:
#   root PID [START]      guard this child, which leads a session; replies "root START". A guardian that
#                         replaces another one receives the start time, because the child may have ended
#   watch                 remember the sessions of the child's children; replies "ok"
#   scan                  remember the run's processes; replies "ok"
#   suspend, resume       suspend or resume all processes; replies "ok"
#   list                  report "leftover PID COMMAND" for each process, and exit
#   end SECONDS [asked]   stop everything within the grace period, and exit; "asked" means that the
#                         child has received SIGINT. Reports "leftover PID COMMAND" for each process
#                         that outlived the child, and "remains PID COMMAND" for each one that
#                         SIGKILL did not end. Reports "waiting" first if anything must be waited for.
#                         From then on, SIGUSR1 ends the grace period.
#
# When stdin ends without one of the last two, ccrun has died, and the guardian does the same as for
# "end". If it cannot list processes, it stops the child and its process group and exits with 3.

finished='' timer='' expired=''

consists_of() { case $2 in '' | *[!$1]*) return 1 ;; esac; }

# Sets target to the process that receives SIGINT.
find_target() {
  target=$root:$root_start
  [ "$SIGNAL_TARGET" = inner ] || return 0
  lowest=
  for item in $members; do
    pid=${item%%:*}
    if ! read_parent "$pid" || ! read_parent "$parent"; then continue; fi
    [ "$parent" = "$root" ] || continue
    if [ -z "$lowest" ] || [ "$pid" -lt "$lowest" ]; then lowest=$pid target=$item; fi
  done
}

start_timer() {
  [ -z "$timer$expired" ] || return
  # It must not hold the pipe to ccrun open.
  sleep "$seconds" >/dev/null &
  read_identity $!
  timer=$!:$start
  trap 'expired=1' USR1
  echo waiting
}

stop_timer() {
  [ -n "$timer" ] || return
  # It ignores the same signals as the guardian.
  signal KILL "$timer"
  wait "${timer%%:*}"
}

grace_expired() {
  [ -z "$timer" ] || is_ours "$timer" || expired=1
  [ -n "$expired" ]
}

# Waits until the child has ended.
wait_for_root() {
  while ! grace_expired && is_ours "$root:$root_start"; do sleep 0.05; done
}

# Stops the child by its pid, and kills its process group.
end_without_scan() {
  start_timer
  if [ "$root" -gt 1 ]; then
    [ "$1" = asked ] || signal INT "$root:$root_start"
    signal CONT "$root:$root_start"
    wait_for_root
    groups=$root
    kill_groups
  fi
  stop_timer
}

# Asks the child to exit and waits for it.
end_root() {
  start_timer
  scan # its descendants may lose their parent soon
  find_target
  [ "$1" = asked ] || signal INT "$target"
  # A suspended process cannot handle the signal, and the child may wait for its descendants.
  signal CONT "$target" $members
  wait_for_root
}

# Stops what the child has left running, until no process of the run is found.
end_leftovers() {
  kills=0 empty_scans=0
  while [ $kills -lt 40 ]; do
    remaining=''
    # A process shows no environment while it executes a program, so one scan could miss it.
    if scan && scan; then
      if [ -z "$members" ]; then
        empty_scans=$((empty_scans + 1))
        # One list of ps may have missed a process that was just starting.
        [ "$SOURCE" = proc ] || [ $empty_scans -ge 2 ] && break
        continue
      fi
      remaining=$members empty_scans=0
    else
      unreported=''
      sleep 0.05
    fi
    start_timer
    if grace_expired; then
      kill_groups
      signal KILL $remaining
      kills=$((kills + 1))
      [ $kills -gt 1 ] && sleep 0.05
      continue
    fi
    report leftover $unreported
    reported="$reported $unreported"
    signal TERM $unreported
    signal CONT $unreported
    # Then scan again, because these may start further processes.
    for _ in 1 2 3 4 5; do
      if grace_expired || ! any_runs $remaining; then break; fi
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
  reaper='' # it may have ended
  if is_ours "$root:$root_start"; then end_root "$2"; fi
  end_leftovers
  # A process that forks and exits faster than it can be listed is still in the group of the child.
  kill_groups
  stop_timer
  report remains $remaining $others
}

# A shell that cannot fork because there are too many processes exits by itself.
trap 'kill_groups; signal KILL $members' EXIT

read -r token
consists_of 0-9a-f "$token" || exit 2
while read -r order argument option; do
  case $order in
  root)
    consists_of 0-9 "$argument" || continue
    read_identity "$argument"
    root=$argument root_start=${option:-$start}
    echo "root $root_start"
    ;;
  watch)
    watch_sessions
    echo ok
    ;;
  scan)
    scan
    echo ok
    ;;
  suspend)
    # A suspended process cannot fork. The next scan finds what it had just started.
    for _ in 1 2 3; do scan && signal STOP $members; done
    echo ok
    ;;
  resume)
    signal CONT $members
    echo ok
    ;;
  list)
    scan && report leftover $members $others
    finished=1
    break
    ;;
  end)
    consists_of 0-9. "$argument" || continue
    end "$argument" "$option"
    finished=1
    break
    ;;
  esac
done

if [ -z "$finished" ]; then
  ccrun=0 # its pid may be reused
  # A child that is just being started does not carry the token yet.
  [ "$root" -gt 0 ] || sleep 0.1
  end "$GRACE"
fi
trap - EXIT
