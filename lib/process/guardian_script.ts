/**
 * The guardian's program, for any POSIX shell. Its arguments: the run's token; where processes are
 * listed, `proc` or `ps`; the seconds that an end may take when nobody says otherwise; `inside`
 * when the child's child runs the one to ask, else `self`.
 *
 * It reads orders, a line each, and answers on stdout:
 *
 * - `root PID`: this child is the run's, and leads a session.
 * - `remove PATH`: this folder is to be removed when whoever gives the orders has died.
 * - `look`: remember whom the run has started by now. Answers `ok`.
 * - `hold`, `go`: stop all of the run's processes where they are, and let them go on. Answers `ok`.
 * - `list`: say what there is. Answers `left PID COMMAND` for each, and ends.
 * - `end SECONDS [asked]`: ask the child to end, if it runs; when it has ended, ask all that the run has
 *   left behind; kill what is there after that time. Answers `left PID COMMAND` for what the child
 *   has left behind, `stays PID COMMAND` for what cannot be killed, and ends.
 *
 * When the orders end without one of the last two, whoever gave them has died: then it does as for
 * `end`. Where it cannot see processes, it ends the child and its group, and fails. An end that has
 * something to wait for says `timer PID`: when that process ends, the time is over, and so who is not
 * to have any more kills it.
 *
 * A process is the run's when it carries the token in its environment, is in the child's session,
 * in one that a process of the run has begun, or descends from a process of the run; or when it
 * was any of these at an earlier look. Who has cleared its environment, changed its session and
 * lost its parent between two looks is not found.
 *
 * A process is known by its pid and start time together, for pids are used again.
 */
export const GUARDIAN_SCRIPT = `: ccrun-guardian
# What ends the program, a terminal or a user must not end the guardian with it.
trap '' HUP INT QUIT TERM PIPE TSTP TTIN TTOU ALRM USR1 USR2
exec 2>/dev/null
token=$1 source=$2 grace=$3 asked=$4
root=0 born= known= sessions= told= late= timer= is_ordered= folder=

# A shell that can start nothing any more, because there are too many processes, ends by itself.
trap 'kill_group; for item in $known; do lives "$item" && signal KILL "$item"; done' EXIT

is_blind=
command -v awk && command -v grep || is_blind=1
if [ "$source" = proc ]; then
  [ -r /proc/$$/stat ] || is_blind=1
  # Some greps know no -z; these take a process at a time.
  printf 'a\\0b\\0' | grep -qzx b && finds=fast || finds=slow
else
  command -v ps || is_blind=1
  [ "$(uname)" = Darwin ] && environments='-A -E -ww' || environments='axeww'
fi

marked() {
  pattern="^CCRUN_RUNS=([0-9a-f]+:)*$token(:|\\$)"
  if [ $finds = fast ]; then
    grep -lszE -e "$pattern" /proc/[0-9]*/environ
  else
    for dir in /proc/[0-9]*; do
      tr '\\n\\0' ' \\n' <"$dir/environ" | grep -qE -e "$pattern" && echo "$dir/environ"
    done
  fi
}

in_proc() {
  marked
  # With the file's name before each line: a command's name may have anything in it.
  grep -aHs '' /proc/[0-9]*/stat
}

listing() {
  # On stdin, for an argument has no room for thousands.
  echo "$known"
  echo "$sessions"
  echo "$told"
  if [ "$source" = proc ]; then
    in_proc
    [ -z "$1" ] || { echo again; in_proc; }
  else
    LC_ALL=C ps $environments -o pid= -o ppid= -o pgid= -o stat= -o lstart= -o command=
  fi
}

# Sets found to "PID:START ..." of the run's processes, fresh to those of them that are not told
# yet, sessions to the sessions that are the run's; and remembers them. Fails when it could not look.
# Told to do it twice, it looks again where /proc is: what is just being executed shows no mark.
scan() {
  answer=$(listing "$1" | awk -v me=$$ -v root="$root" -v born="$born" -v token="$token" \\
    -v source="$source" '
    # Sets hit to those of the listed processes that belong to the run.
    function find(  p, s, more, over) {
      if ((root in start) && start[root] != born) root = 0
      for (p in start) {
        if (root > 1 && (p == root || session[p] == root)) hit[p]
        if ((p ":" start[p]) in was) hit[p]
      }
      # One whose leader is somebody else has got its number from one of ours that is over.
      for (s in ours) if ((s in start) && !(s in hit)) over[s]
      for (s in over) delete ours[s]
      # Only the child brings ours into sessions, and it has begun its own: where one of ours is
      # and no leader is left, that was one of ours.
      do {
        more = 0
        for (p in start) {
          s = session[p]
          if (!(p in hit) && ((parent[p] in hit) || (s in ours))) { hit[p]; more = 1 }
          if (!(p in hit) || (s in ours) || s <= 1) continue
          if ((s in hit) || !(s in start)) { ours[s]; more = 1 }
        }
      } while (more)
    }
    NR <= 3 {
      count = split($0, item, " ")
      for (i = 1; i <= count; i++) {
        if (NR == 1) was[item[i]]
        else if (NR == 2) ours[item[i]]
        else told[item[i]]
      }
      next
    }
    source == "proc" && $0 == "again" {
      find()
      for (p in hit) if (p in start) was[p ":" start[p]]
      split("", hit); split("", start); split("", parent); split("", session); split("", state)
      listed = 0
      next
    }
    source == "proc" && /^\\/proc\\/[0-9]+\\/environ$/ { split($0, part, "/"); hit[part[3]]; next }
    source == "proc" {
      split($0, part, "/"); sub(/^.*\\) /, "")
      if (split($0, field, " ") < 20) next
      p = part[3]
      state[p] = field[1]; parent[p] = field[2]; session[p] = field[4]; start[p] = field[20]
      listed = 1
      next
    }
    {
      # Where ps tells no sessions, a process group is the nearest to one.
      p = $1
      parent[p] = $2; session[p] = $3; state[p] = $4; start[p] = $5 $6 $7 $8 $9
      if ($0 ~ (" CCRUN_RUNS=([0-9a-f]+:)*" token "(:[0-9a-f]+)*( |$)")) hit[p]
      listed = 1
    }
    END {
      if (!listed) exit
      find()
      for (p in hit) {
        if (!(p in start) || p + 0 <= 1 || p == me) continue
        if (session[p] in ours) lists[session[p]]
        if (state[p] ~ /^[ZX]/) continue
        name = p ":" start[p]
        found = found " " name
        if (!(name in told)) fresh = fresh " " name
      }
      for (s in lists) list = list " " s
      print list "|" fresh "|" found "|ok"
    }')
  IFS='|'
  set -- $answer
  unset IFS
  # A helper could not be started.
  [ "$4" = ok ] || return 1
  sessions=$1 fresh=$2 found=$3 known=$3
}

# Sets fields to what /proc says of a process, from its state on: its name may have anything in it.
read_fields() {
  fields=
  while read -r line; do fields=\${line##*") "}; done <"/proc/$1/stat"
}

# Sets began to a process's start, which is empty when it has ended.
look_up() {
  began=
  if [ "$source" = proc ]; then
    read_fields "$1"
    case $fields in Z* | X*) return ;; esac
    set -- $fields
    began=\${20}
  else
    set -- $(LC_ALL=C ps -o stat= -o lstart= -p "$1")
    case $1 in "" | Z* | X*) return ;; esac
    began=$2$3$4$5$6
  fi
}

lives() {
  look_up "\${1%%:*}"
  [ -n "$began" ] && [ "$began" = "\${1#*:}" ]
}

any_lives() {
  for item do lives "$item" && return; done
  return 1
}

signal() {
  name=$1
  shift
  for item do kill -s "$name" "\${item%%:*}"; done
}

# Kills the child's group at once, which no fork can escape.
kill_group() {
  [ "$root" -gt 1 ] || return
  look_up "$root"
  [ -z "$began" ] || [ "$began" = "$born" ] && kill -s KILL -- "-$root"
}

# Whom to ask to end: the child, or the first that a process inside has started.
target() {
  target=$root
  [ "$asked" = inside ] || return 0
  for item in $found; do
    pid=\${item%%:*}
    parent "$pid" && parent "$parent" && [ "$parent" = "$root" ] &&
      { [ "$target" = "$root" ] || [ "$pid" -lt "$target" ]; } && target=$pid
  done
}

parent() {
  read_fields "$1"
  set -- $fields
  parent=$2
  [ -n "$parent" ]
}

# Says of processes what they are, but for those that help an inner run.
tell() {
  word=$1 files= pids=
  shift
  for item do
    files="$files /proc/\${item%%:*}/cmdline"
    pids="$pids,\${item%%:*}"
  done
  [ -n "$pids" ] || return
  if [ "$source" = proc ]; then
    # Of two files, head says which is which.
    head -c 300 /dev/null $files | tr '\\0' ' ' | awk -v word="$word" '
      function say() { if (pid > 0 && text !~ /ccrun-(guardian|reader)/) print word, pid, text; text = "" }
      /^==> .* <==$/ { say(); split($0, part, "/"); pid = part[3] + 0; next }
      { text = text $0 " " }
      END { say() }'
  else
    ps -ww -o pid= -o command= -p "\${pids#,}" | sed "/ccrun-guardian/d; s/^ */$word /" | cut -c 1-300
  fi
}

is_late() {
  # Its number may become somebody else's.
  [ -z "$timer" ] || kill -0 "$timer" || timer= late=1
  [ -n "$late" ]
}

# Ends the child by its number alone, and what shares its group.
end_blindly() {
  [ "$root" -gt 1 ] || return
  [ -n "$1" ] || kill -s INT "$root"
  kill -s CONT "$root"
  while ! is_late && kill -0 "$root"; do sleep 0.05; done
  kill -s KILL -- "-$root"
}

# From the first time on, the seconds count.
start_timer() {
  [ -z "$timer$late" ] || return
  # Nobody is to wait for its end at the guardian's pipe.
  sleep "$seconds" >/dev/null &
  timer=$!
  echo "timer $timer"
}

# Its arguments: the seconds, and whether the child is asked already.
end() {
  late= told= empty=0 rounds=0 timer= seconds=$1
  # Who has no time at all is not to be given any by chance.
  case $seconds in 0 | 0.000) start_timer ;; esac
  if [ -n "$is_blind" ]; then
    start_timer
    end_blindly "$2"
    kill -s KILL "$timer"
    trap - EXIT
    exit 3
  fi
  if [ "$root" -gt 1 ] && lives "$root:$born"; then
    start_timer
    scan # what it has started soon has no parent any more
    target
    [ -n "$2" ] || kill -s INT "$target"
    # What is held cannot take it, or do what the child waits for.
    signal CONT "$target" $found
    while ! is_late && lives "$root:$born"; do sleep 0.05; done
  fi
  while [ $rounds -lt 40 ]; do
    if scan twice; then
      if [ -z "$found" ]; then
        # Where ps looks, which is once, this may be chance.
        empty=$((empty + 1))
        [ "$source" = proc ] || [ $empty -ge 2 ] && break
        continue
      fi
      start_timer
      empty=0 groups=$sessions
    else
      start_timer
      found= fresh= groups=
      sleep 0.05
    fi
    if is_late; then
      kill_group
      for item in $groups; do kill -s KILL -- "-$item"; done
      signal KILL $found
      rounds=$((rounds + 1))
      [ $rounds -gt 1 ] && sleep 0.05
      continue
    fi
    tell left $fresh
    told="$told $fresh"
    signal TERM $fresh
    signal CONT $fresh
    # Then it looks again, for these may start more.
    for turn in 1 2 3 4 5; do
      is_late || ! any_lives $found && break
      sleep 0.05
    done
  done
  # Who forks and ends faster than can be listed is in the group all the same.
  kill_group
  # Like the guardian, it ignores what asks.
  [ -z "$timer" ] || { kill -s KILL "$timer"; wait "$timer"; }
  tell stays $found
}

while read -r order value; do
  case $order in
  root)
    look_up "$value"
    root=$value born=$began
    ;;
  remove)
    folder=$value
    ;;
  look)
    scan
    echo ok
    ;;
  hold)
    # What is stopped starts no more; what it had just started is found the next time.
    for round in 1 2 3; do scan && signal STOP $found; done
    echo ok
    ;;
  go)
    signal CONT $known
    echo ok
    ;;
  list)
    scan && tell left $found
    is_ordered=1
    break
    ;;
  end)
    end $value
    is_ordered=1
    break
    ;;
  esac
done
if [ -z "$is_ordered" ]; then
  # A child that is just being started does not carry the token yet.
  [ "$root" -gt 0 ] || sleep 0.1
  end "$grace"
fi
# It may also have died in the meantime.
look_up "$PPID"
if [ -z "$is_ordered" ] || [ -z "$began" ]; then
  case $folder in /*/ccrun-?*) rm -rf -- "$folder" ;; esac
fi
trap - EXIT
`;
