# Finds the processes of a run in a list of all processes, for any awk.
#
# Variables: me, ccrun and root are pids, uid is the current user, and source, root_start and reaper are
# those of guardian.sh.
#
# Input: one line with each of these lists, and then the list of processes. Except for the carriers, a
# process is given as PID:START, because pids are reused.
#   1  the token, if the list of processes contains their environment
#   2  members: the processes of the run at the last scan
#   3  sessions that members have begun
#   4  members that were reported before
#   5  foreign: processes outside the run that carry the token
#   6  carriers of the token, each as /proc/PID/environ
#
# Output: sessions|groups|unreported|members|others|foreign|ok. The groups contain only processes of the
# run. "others" are members that run as another user.
#
# A process belongs to the run if one of these is true now or was true at an earlier scan:
# - it is in the session of the child, or in one that a process of the run has begun,
# - it descends from a process of the run,
# - it carries the token, and its parent has ended and may have been a process of the run.
# A process that carries a copy of the token is foreign if its parents or its session are older than the
# run.

# Returns a time that can be compared. The form of ps is "TueNov1809:12:502025", without blanks.
function time_of(start,  day_end) {
  if (source == "proc") return start + 0
  day_end = length(start) - 12
  return sprintf("%s%02d%02d%s%s%s", substr(start, day_end + 9),
    index("JanFebMarAprMayJunJulAugSepOctNovDec", substr(start, 4, 3)), substr(start, 7, day_end - 6),
    substr(start, day_end + 1, 2), substr(start, day_end + 4, 2), substr(start, day_end + 7, 2)) + 0
}

function is_older(p) { return root_start != "" && time_of(start[p]) < time_of(root_start) }

function is_reaper(p) { return p == 1 || p == reaper }

# Returns the real user of a process, or nothing if it has ended.
function user_of(p,  file, line, field, found) {
  if (source == "ps") return user[p]
  file = "/proc/" p "/status"
  while (found == "" && (getline line < file) > 0) {
    split(line, field)
    if (field[1] == "Uid:") found = field[2]
  }
  close(file)
  return found
}

function has_ended(p) { return !(p in start) || state[p] ~ /^[ZX]/ }

# Returns whether a process may have lost a parent that belonged to the run. A parent that is not listed
# ended a moment ago.
function is_orphan(p,  q, s) {
  q = parent[p]; s = session[p]
  if (!is_reaper(q) && ((q in start) || q == 0)) return 0
  return s == p || (s in member) || (has_ended(s) && !(s in old_session))
}

# The parent of a child that is just being started is ccrun.
function is_known_by_token(p) {
  if (!(p in carrier) || ((p ":" start[p]) in foreign) || is_older(p)) return 0
  return (parent[p] == ccrun || is_orphan(p)) && user_of(p) == uid
}

function is_foreign(p,  q) {
  if (((p ":" start[p]) in foreign) || is_older(p) || (session[p] in old_session)) return 1
  for (q = parent[p]; (q in start) && !is_reaper(q); q = parent[q]) if (is_older(q)) return 1
  return 0
}

function find_members(  p, s, found_more) {
  # No pid is reused while it is the number of a session.
  if ((root in start) && start[root] != root_start) root = 0
  for (p in start) {
    if (is_older(p)) old_session[session[p]]
    if (root > 1 && session[p] == root) member[p]
    if ((p ":" start[p]) in earlier) member[p]
  }
  do {
    found_more = 0
    for (p in start) {
      if (p in member) continue
      s = session[p]
      # A leader that is not a member has reused the number of an old session.
      if ((parent[p] in member) || ((s in owned) && ((s in member) || has_ended(s))) ||
        is_known_by_token(p)) { member[p]; found_more = 1 }
    }
    for (p in member) if (session[p] == p && !(p in owned)) { owned[p]; found_more = 1 }
  } while (found_more)
}

# A foreign process can lead a group with the number of an old session.
function find_groups(  p) {
  if (root > 1) is_group[root]
  for (p in member) if (session[p] in owned) is_group[session[p]]
  for (p in start) {
    if ((group[p] in is_group) && !(p in member) && !has_ended(p)) delete is_group[group[p]]
  }
}

function read_list(list,  item, count, i) {
  count = split($0, item, " ")
  for (i = 1; i <= count; i++) list[item[i]]
}

function join_keys(list,  key, text) {
  for (key in list) text = text " " key
  return text
}

NR == 1 { token = $0; next }
NR == 2 { read_list(earlier); next }
NR == 3 { read_list(owned); next }
NR == 4 { read_list(reported); next }
NR == 5 { read_list(foreign); next }
NR == 6 {
  count = split($0, item, " ")
  for (i = 1; i <= count; i++) { split(item[i], part, "/"); carrier[part[3]] }
  next
}

# Each line of a stat file begins with the name of the file. The name of a process can contain blanks,
# parentheses and line breaks, but only its last line has all fields.
source == "proc" {
  split($0, part, "/"); p = part[3]
  sub(/^.*\) /, "")
  if (split($0, field, " ") < 20) next
  state[p] = field[1]; parent[p] = field[2]; group[p] = field[3]; session[p] = field[4]
  start[p] = field[20]
  next
}

# ps does not report sessions everywhere, so process groups stand in for them.
{
  p = $1
  parent[p] = $2; group[p] = session[p] = $3; user[p] = $4; state[p] = $5
  start[p] = $6 $7 $8 $9 $10
  if ($0 ~ (" CCRUN_RUNS=([0-9a-f]+:)*" token "(:[0-9a-f]+)*( |$)")) carrier[p]
}

END {
  for (p in start) is_listed = 1
  if (!is_listed) exit
  find_members()
  find_groups()
  for (p in start) {
    name = p ":" start[p]
    if (!(p in member)) {
      if ((p in carrier) && is_foreign(p)) outsiders = outsiders " " name
      continue
    }
    if (p + 0 <= 1 || p == me) continue
    if (session[p] in owned) live_session[session[p]]
    if (has_ended(p)) continue
    owner = user_of(p)
    if (owner == "") continue
    if (owner != uid) { others = others " " name; continue }
    members = members " " name
    if (!(name in reported)) unreported = unreported " " name
  }
  print join_keys(live_session) "|" join_keys(is_group) "|" unreported "|" members "|" others "|" \
    outsiders "|ok"
}
