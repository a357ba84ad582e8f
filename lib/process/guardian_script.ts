/**
 * The guardian's program, for any POSIX shell. Its arguments: the run's token; where processes are
 * listed, `proc` or `ps`; the seconds that an end may take when nobody says otherwise; `inside`
 * when the child's child runs the one to ask, else `self`.
 *
 * It reads orders, a line each, and answers on stdout:
 *
 * - `root PID`: this child is the run's, and leads a session.
 * - `look`: remember whom the run has started by now. Answers `ok`.
 * - `hold`, `go`: stop all of the run's processes where they are, and let them go on. Answers `ok`.
 * - `list`: say what there is. Answers `left PID COMMAND` for each, and ends.
 * - `end SECONDS`: ask the child to end, if it runs; when it has ended, ask all that the run has
 *   left behind; kill what is there after that time. Answers `left PID COMMAND` for what the child
 *   has left behind, `stays PID COMMAND` for what cannot be killed, and ends.
 *
 * When the orders end without one of the last two, whoever gave them has died: then it does as for
 * `end`. SIGUSR1 during an end means that the time is over.
 *
 * A process is the run's when it carries the token in its environment, is in the child's session,
 * in one that a process of the run has begun, or descends from a process of the run; or when it
 * was any of these at an earlier look. Who has cleared its environment, changed its session and
 * lost its parent between two looks is not found.
 *
 * A process is known by its pid and start time together, for pids are used again.
 */
export const GUARDIAN_SCRIPT = `
# What ends the program, a terminal or a user must not end the guardian with it.
trap '' HUP INT QUIT TERM PIPE TSTP TTIN TTOU ALRM USR1 USR2
exec 2>/dev/null
token=$1 source=$2 grace=$3 asked=$4
root=0 born= known= sessions= late=

if [ "$source" = proc ]; then
  # Some greps know no -z; these take a process at a time.
  printf 'a\\0b\\0' | grep -qzx b && finds=fast || finds=slow
else
  [ "$(uname)" = Darwin ] && environments='-A -E -ww' || environments='axeww'
fi

marked() {
  pattern="^CCRUN_RUNS=([0-9a-f]+:)*$token(:|\\$)"
  if [ $finds = fast ]; then
    grep -lszE -e "$pattern" /proc/[0-9]*/environ
  else
    for dir in /proc/[0-9]*; do
      tr '\\0' '\\n' <"$dir/environ" | grep -qE -e "$pattern" && echo "$dir/environ"
    done
  fi
}

listing() {
  if [ "$source" = proc ]; then
    marked
    # With the file's name before each line: a command's name may have anything in it.
    grep -aHs '' /proc/[0-9]*/stat
  else
    LC_ALL=C ps $environments -o pid= -o ppid= -o pgid= -o stat= -o lstart= -o command=
  fi
}

# Sets found to "PID:START ..." of the run's processes, and remembers them.
scan() {
  answer=$(listing | awk -v me=$$ -v root="$root" -v born="$born" -v token="$token" \\
    -v known="$known" -v sessions="$sessions" -v source="$source" '
    source == "proc" && /^\\/proc\\/[0-9]+\\/environ$/ { split($0, part, "/"); hit[part[3]]; next }
    source == "proc" {
      split($0, part, "/"); sub(/^.*\\) /, "")
      if (split($0, field, " ") < 20) next
      p = part[3]
      state[p] = field[1]; parent[p] = field[2]; session[p] = field[4]; start[p] = field[20]
      next
    }
    {
      # Where ps tells no sessions, a process group is the nearest to one.
      p = $1
      parent[p] = $2; session[p] = $3; state[p] = $4; start[p] = $5 $6 $7 $8 $9
      if ($0 ~ (" CCRUN_RUNS=([0-9a-f]+:)*" token "(:[0-9a-f]+)*( |$)")) hit[p]
    }
    END {
      if ((root in start) && start[root] != born) root = 0
      count = split(known, item, " ")
      for (i = 1; i <= count; i++) was[item[i]]
      count = split(sessions, item, " ")
      for (i = 1; i <= count; i++) ours[item[i]]
      for (p in start) {
        if (root > 1 && (p == root || session[p] == root)) hit[p]
        if ((p ":" start[p]) in was) hit[p]
      }
      # A session whose leader is somebody else has got its number from one of ours that is over.
      for (p in start) {
        s = session[p]
        if ((s in ours) && (!(s in start) || (s in hit))) hit[p]
      }
      do {
        more = 0
        for (p in start) {
          if (p in hit) continue
          if ((parent[p] in hit) || (session[p] in hit)) { hit[p]; more = 1 }
        }
      } while (more)
      for (p in hit) {
        if (!(p in start) || p + 0 <= 1 || p == me) continue
        s = session[p]
        if (!(s in told) && ((s in hit) || (s in ours))) { told[s]; printf "s%s ", s }
        if (state[p] !~ /^[ZX]/) printf "%s:%s ", p, start[p]
      }
      print "ok"
    }')
  found=
  case $answer in
  *ok) ;;
  *) return 1 ;; # a helper could not be started
  esac
  sessions=
  for item in \${answer%ok}; do
    case $item in
    s*) sessions="$sessions \${item#s}" ;;
    *) found="$found $item" ;;
    esac
  done
  known=$found
}

# Sets began to a process's start, which is empty when it has ended.
look_up() {
  began=
  if [ "$source" = proc ]; then
    read -r line <"/proc/$1/stat" || return
    line=\${line##*") "}
    case $line in Z* | X*) return ;; esac
    set -- $line
    shift 19
    began=$1
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

# Whom to ask to end: the child, or the first that a process inside has started.
target() {
  target=$root
  [ "$asked" = inside ] || return 0
  for item in $found; do
    pid=\${item%%:*}
    set -- $(parents "$pid")
    [ "$2" = "$root" ] && { [ "$target" = "$root" ] || [ "$pid" -lt "$target" ]; } && target=$pid
  done
}

# A process's parent and its parent.
parents() {
  one= two=
  read -r line <"/proc/$1/stat" && set -- \${line##*") "} && one=$2
  read -r line <"/proc/$one/stat" && set -- \${line##*") "} && two=$2
  echo "$one $two"
}

tell() {
  if [ "$source" = proc ]; then
    command=$(tr '\\0\\n' '  ' <"/proc/$2/cmdline" | head -c 300)
  else
    command=$(ps -o command= -p "$2" | tr '\\n' ' ' | head -c 300)
  fi
  echo "$1 $2 $command"
}

is_late() {
  [ -n "$late" ] || kill -0 "$timer" || late=1
  [ -n "$late" ]
}

# Between two listings in which no process came or went, nothing can have been overlooked.
processes() {
  [ "$source" = proc ] && echo /proc/[0-9]*
}

end() {
  late= told= empty=0 rounds=0
  trap 'late=1' USR1
  sleep "$1" &
  timer=$!
  if [ "$root" -gt 1 ] && lives "$root:$born"; then
    scan # what it has started soon has no parent any more
    target
    kill -s INT "$target"
    # What is held cannot take it.
    kill -s CONT "$target"
    while ! is_late && lives "$root:$born"; do sleep 0.05; done
  fi
  before=
  while [ $rounds -lt 40 ]; do
    before=$(processes)
    if scan; then
      if [ -z "$found" ]; then
        empty=$((empty + 1))
        [ $empty -ge 2 ] && break
        [ -n "$before" ] && [ "$before" = "$(processes)" ] && break
        continue
      fi
      empty=0
    fi
    if is_late; then
      # At once for a whole group, which no fork can escape.
      [ "$root" -gt 1 ] && { look_up "$root"; [ -z "$began" ] || [ "$began" = "$born" ]; } &&
        kill -s KILL -- "-$root"
      rounds=$((rounds + 1))
    fi
    for item in $found; do
      pid=\${item%%:*}
      case "$told " in
      *" $item "*) ;;
      *)
        told="$told $item"
        if [ -z "$late" ]; then
          tell left "$pid"
          kill -s TERM "$pid"
          kill -s CONT "$pid"
        fi
        ;;
      esac
      [ -n "$late" ] && kill -s KILL "$pid"
    done
    for item in $found; do
      while lives "$item"; do
        is_late && break 2
        sleep 0.05
      done
    done
    [ $rounds -gt 1 ] && sleep 0.05
  done
  kill -s KILL "$timer" # like the guardian, it ignores what asks
  for item in $found; do tell stays "\${item%%:*}"; done
}

while read -r order value; do
  case $order in
  root)
    look_up "$value"
    root=$value born=$began
    ;;
  look)
    scan
    echo ok
    ;;
  hold)
    # What is stopped starts no more; what it had just started is found the next time.
    for round in 1 2 3; do
      scan
      for item in $found; do kill -s STOP "\${item%%:*}"; done
    done
    echo ok
    ;;
  go)
    for item in $known; do kill -s CONT "\${item%%:*}"; done
    echo ok
    ;;
  list)
    scan
    for item in $found; do tell left "\${item%%:*}"; done
    exit
    ;;
  end)
    end "$value"
    exit
    ;;
  esac
done
end "$grace"
`;
