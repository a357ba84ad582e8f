import { assertEquals } from "@std/assert";
import { REPOSITORY } from "../support/paths.ts";
import { testWith } from "../support/test_with.ts";

const TOKEN = "7c1f0e9ab2d34586a0f1c2d3e4b5a697";

/** The process that adopts orphans, ccrun, its guardian, and the child. */
const [REAPER, CCRUN, GUARDIAN, ROOT] = [40, 100, 101, 102];

/** A process in the list. */
interface Row {
  readonly pid: number;
  readonly parent: number;
  /** @default {the pid} */
  readonly session?: number;
  readonly user?: number;
  readonly state?: string;
  /** When it started. @default {a minute after the child} */
  readonly start?: string;
  /** Whether it carries the token. */
  readonly token?: boolean;
}

const OLDER = "Tue Nov 18 09:12:43 2025";
const ROOT_START = "Tue Nov 18 09:12:44 2025";
const YOUNGER = "Tue Nov 18 09:13:44 2025";

const BASE: readonly Row[] = [
  { pid: 1, parent: 0, user: 0, start: OLDER },
  { pid: REAPER, parent: 1, start: OLDER },
  { pid: 50, parent: REAPER, start: OLDER },
  { pid: CCRUN, parent: 50, session: 50, start: OLDER },
  { pid: GUARDIAN, parent: CCRUN, start: OLDER },
];

interface Lists {
  readonly members?: readonly string[];
  readonly sessions?: readonly number[];
  readonly foreign?: readonly string[];
}

const nameOf = (pid: number) => `${pid}:${YOUNGER.replaceAll(" ", "")}`;

/** Runs find_members.awk and returns the pids in its lists. */
async function find(
  rows: readonly Row[],
  { members = [], sessions = [], foreign = [] }: Lists = {},
) {
  const root = `${ROOT} ${CCRUN} ${ROOT} 501 S ${ROOT_START} claude`;
  const lines = [...BASE, ...rows].map((row) => {
    const { pid, parent, session = pid, user = 501, state = "S", start = YOUNGER, token } = row;
    const env = token ? ` CCRUN_RUNS=${TOKEN}` : "";
    return `${pid} ${parent} ${session} ${user} ${state} ${start} program${env} A=b`;
  });
  const input = [TOKEN, members.join(" "), sessions.join(" "), "", foreign.join(" "), "", root];
  const variables = [
    "source=ps",
    `me=${GUARDIAN}`,
    `ccrun=${CCRUN}`,
    "uid=501",
    `root=${ROOT}`,
    `root_start=${ROOT_START.replaceAll(" ", "")}`,
    `reaper=${REAPER}`,
  ].flatMap((variable) => ["-v", variable]);
  const awk = new Deno.Command("awk", {
    args: [...variables, "-f", `${REPOSITORY}/lib/process/find_members.awk`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = awk.stdin.getWriter();
  await writer.write(new TextEncoder().encode(`${[...input, ...lines].join("\n")}\n`));
  await writer.close();
  const { stdout } = await awk.output();
  const fields = new TextDecoder().decode(stdout).trim().split("|");
  const pidsIn = (field: string | undefined) =>
    (field ?? "").trim().split(" ").filter((name) => name !== "").map((name) =>
      Number.parseInt(name)
    )
      .sort((a, b) => a - b);
  assertEquals(fields[6], "ok");
  return {
    groups: pidsIn(fields[1]),
    members: pidsIn(fields[3]).filter((pid) => pid !== ROOT),
    others: pidsIn(fields[4]),
    foreign: pidsIn(fields[5]),
  };
}

interface Case {
  readonly what: string;
  readonly rows: readonly Row[];
  readonly lists?: Lists;
  readonly members: readonly number[];
  readonly foreign?: readonly number[];
  readonly others?: readonly number[];
}

const LEADER: Row = { pid: 200, parent: 50 };

const CASES: readonly Case[] = [
  {
    what: "descendants, and the sessions that they begin",
    rows: [
      { pid: 200, parent: ROOT },
      { pid: 201, parent: 200, session: 200 },
      { pid: 202, parent: REAPER, session: 200 },
      { pid: 203, parent: 1, session: ROOT },
    ],
    members: [200, 201, 202, 203],
  },
  {
    what: "orphans that carry the token",
    rows: [
      { pid: 200, parent: 1, token: true },
      { pid: 201, parent: REAPER, token: true },
      { pid: 202, parent: REAPER, session: 999, token: true },
      // Their parents have just ended.
      { pid: 203, parent: 998, token: true },
      { pid: 204, parent: REAPER, session: 205, token: true },
      { pid: 205, parent: REAPER, state: "Z" },
    ],
    members: [200, 201, 202, 203, 204],
  },
  {
    what: "a child of ccrun that is just being started",
    rows: [{ pid: 200, parent: CCRUN, token: true }],
    members: [200],
  },
  {
    what: "no process with a copied token and a parent outside the run",
    rows: [
      LEADER,
      { pid: 201, parent: 200, session: 200, token: true },
      { pid: 202, parent: 50, token: true },
      { pid: 203, parent: 0, token: true },
      { pid: 204, parent: REAPER, token: true, start: OLDER },
    ],
    members: [],
    foreign: [201, 202, 204],
  },
  {
    what: "no foreign process that has lost its parent",
    rows: [{ pid: 201, parent: REAPER, token: true }],
    lists: { foreign: [nameOf(201)] },
    members: [],
    foreign: [201],
  },
  {
    what: "a process with the pid of a foreign one",
    rows: [{ pid: 201, parent: REAPER, token: true }],
    lists: { foreign: ["201:TueNov1809:12:432025"] },
    members: [201],
  },
  {
    what: "no orphan in a session outside the run",
    rows: [
      { pid: 201, parent: REAPER, session: 50, token: true },
      LEADER,
      { pid: 202, parent: REAPER, session: 200, token: true },
      { pid: 203, parent: REAPER, session: 300, start: OLDER },
      { pid: 204, parent: REAPER, session: 300, token: true },
    ],
    members: [],
    foreign: [201, 204],
  },
  {
    what: "no process of a session whose leader was not seen",
    rows: [
      { pid: 201, parent: REAPER, session: 999, token: true },
      { pid: 202, parent: REAPER, session: 999 },
    ],
    members: [201],
  },
  {
    what: "the processes of a session whose leader was seen",
    rows: [{ pid: 202, parent: REAPER, session: 999 }],
    lists: { sessions: [999] },
    members: [202],
  },
  {
    what: "no process of a session that has reused a number",
    rows: [LEADER, { pid: 201, parent: 200, session: 200 }],
    lists: { sessions: [200], members: ["200:TueNov1809:12:432025"] },
    members: [],
  },
  {
    what: "processes that were found earlier, and not others with their pids",
    rows: [{ pid: 200, parent: 1 }, { pid: 201, parent: 1 }],
    lists: { members: [nameOf(200), "201:TueNov1809:12:432025"] },
    members: [200],
  },
  {
    what: "descendants of another user separately, and no orphans of another user",
    rows: [
      { pid: 200, parent: ROOT, user: 70 },
      { pid: 201, parent: 200, session: 200 },
      { pid: 202, parent: REAPER, user: 70, token: true },
    ],
    members: [201],
    others: [200],
  },
];

const needs = { commands: ["awk"] };

for (const { what, rows, lists, members, foreign = [], others = [] } of CASES) {
  testWith(needs, `find_members.awk finds ${what}`, async () => {
    const found = await find(rows, lists);
    assertEquals(
      { members: found.members, foreign: found.foreign, others: found.others },
      { members, foreign, others },
    );
    assertEquals(found.groups.includes(ROOT), true);
  });
}

testWith(needs, "find_members.awk compares the times of ps across months and years", async () => {
  const older = [
    "Mon Dec 31 23:59:59 2024",
    "Fri Oct 31 10:00:00 2025",
    "Sun Nov  9 10:00:00 2025",
  ];
  const younger = [
    "Thu Jan  1 00:00:00 2026",
    "Mon Dec  1 00:00:00 2025",
    "Wed Nov 19 01:00:00 2025",
  ];
  for (const start of [...older, ...younger]) {
    const { members } = await find([{ pid: 300, parent: REAPER, token: true, start }]);
    assertEquals(members, older.includes(start) ? [] : [300], start);
  }
});
