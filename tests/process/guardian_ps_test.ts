/** How the guardian reads what `ps` says on macOS, where a part of the environments is hidden. */
import { assert, assertEquals } from "@std/assert";
import { type Guardian, startGuardian } from "../../lib/process/guardian.ts";
import { RECORDINGS } from "../support/recordings.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

const needs = { unless: Deno.build.os === "windows" ? "there is no shell" : undefined };

/** The run of the recording, and its claude. */
const TOKEN = "7c1f0e9ab2d34586a0f1c2d3e4b5a697";
const CLAUDE = 4102;

/** What carries the mark, or is found by its parent or its group. */
const FOUND = [4102, 4110, 4121, 4130, 4133, 4140, 4141];

/** Says what the recording says, and takes no other options than macOS has. */
const PS = `#!/bin/sh
case $* in
"-A -E -ww -o pid= -o ppid= -o pgid= -o stat= -o lstart= -o command=")
  exec cat "$HERE/ps.txt" ;;
"-o stat= -o lstart= -p "*)
  exec awk -v pid="$6" '$1 == pid { print $4, $5, $6, $7, $8, $9 }' "$HERE/ps.txt" ;;
"-ww -o pid= -o command= -p "*)
  exec awk -v pids=",$7," 'index(pids, "," $1 ",") {
    pid = $1; sub(/^.* 2025 +/, ""); sub(/ [A-Z_]+=.*/, ""); printf "%5d %s\\n", pid, $0
  }' "$HERE/ps.txt" ;;
*) exit 1 ;;
esac
`;

/** Runs the guardian's program, and notes its signals: the recording's processes are not here. */
const SHELL = `#!/bin/sh
kill() {
  case $1 in
  -0) command kill "$@" ;;
  -s) [ "$3" = -- ] && echo "$2 $4" || echo "$2 $3" ;;
  esac >>"$HERE/signals"
}
shift
script=$1
shift 2
eval "$script"
`;

interface Recorded {
  readonly guardian: Guardian;
  /** Replaces what `ps` says from now on. */
  says(text: string): Promise<void>;
  /** The signals that were sent, such as "STOP 4102". */
  signals(): Promise<readonly string[]>;
}

async function startRecorded(sandbox: Sandbox): Promise<Recorded> {
  const here = `${sandbox.root}/mac`;
  await Deno.mkdir(here);
  const commands = { ps: PS, sh: SHELL, uname: "#!/bin/sh\necho Darwin\n" };
  for (const [name, text] of Object.entries(commands)) {
    const script = text.replaceAll("$HERE", here);
    await Deno.writeTextFile(`${here}/${name}`, script, { mode: 0o755 });
  }
  const guardian = startGuardian({
    token: TOKEN,
    env: sandbox.env(),
    graceMs: 100,
    source: "ps",
    shell: [`${here}/sh`],
    path: `${here}:/usr/bin:/bin`,
  });
  assert(guardian !== undefined);
  return {
    guardian,
    says: (text) => Deno.writeTextFile(`${here}/ps.txt`, text),
    signals: async () => {
      const text = await Deno.readTextFile(`${here}/signals`).catch(() => "");
      return text.split("\n").filter((line) => line !== "");
    },
  };
}

const recording = await Deno.readTextFile(`${RECORDINGS}/macos-ps.txt`);

testWith(
  needs,
  "Guardian finds a run's processes in what ps says on macOS, and nobody else's",
  async () => {
    await using sandbox = await makeSandbox();
    const { guardian, says, signals } = await startRecorded(sandbox);
    await says(recording);
    guardian.guard(CLAUDE);
    const left = await guardian.listLeftovers();
    assertEquals(left.map(({ pid }) => pid), FOUND);
    assertEquals(left[0]?.command, "claude -p --output-format=stream-json --verbose");
    assertEquals(left[3]?.command, "sleep 600");
    assertEquals(guardian.hasDied, false);
    assertEquals(await signals(), []);
  },
);

testWith(
  needs,
  "Guardian finds on macOS by the mark alone what it may see, and with it the parents' and groups' others",
  async () => {
    await using sandbox = await makeSandbox();
    const { guardian, says } = await startRecorded(sandbox);
    await says(recording);
    assertEquals((await guardian.listLeftovers()).map(({ pid }) => pid), FOUND);
  },
);

testWith(
  needs,
  "Guardian knows on macOS what it saw once, but not another process with its number",
  async () => {
    await using sandbox = await makeSandbox();
    const { guardian, says, signals } = await startRecorded(sandbox);
    // Before it lost its parent, and when 4171 was a tool.
    const earlier = recording.replace(/^ 4150 {5}1/m, " 4150  4121")
      .replace(/^ 4171 .*09:14:02/m, " 4171  4102  4171 Ss   Tue Nov 18 09:12:50");
    assert(/^ 4150 {2}4121 /m.test(earlier) && /^ 4171 {2}4102 /m.test(earlier));
    await says(earlier);
    guardian.guard(CLAUDE);
    await guardian.suspend();
    const stopped = (await signals()).map((line) => Number(line.replace("STOP ", "")));
    const both = [...FOUND, 4150, 4171].sort((a, b) => a - b);
    assertEquals([...new Set(stopped)].sort((a, b) => a - b), both);
    await says(recording);
    const left = await guardian.listLeftovers();
    assertEquals(left.map(({ pid }) => pid), [...FOUND, 4150]);
    assertEquals(left.at(-1)?.command, "/usr/bin/tail -f /Users/ada/src/a log^Jfile");
  },
);

testWith(needs, "Guardian asks and kills on macOS whom it has found, and nobody else", async () => {
  await using sandbox = await makeSandbox();
  const { guardian, says, signals } = await startRecorded(sandbox);
  await says(recording);
  guardian.guard(CLAUDE);
  await guardian.suspend();
  // Claude has ended by itself, and left orphans.
  await says(recording.replace(/^ 4102 .*\n/m, "").replaceAll(/^( \d+) {2}4102 /gm, "$1     1 "));
  const left = await guardian.end(300);
  const pids = FOUND.filter((pid) => pid !== CLAUDE);
  assertEquals(left.map(({ pid }) => pid), pids);
  assert(left.every(({ stays }) => stays));
  const sent = await signals();
  for (const name of ["TERM", "CONT"]) {
    const asked = sent.filter((line) => line.startsWith(name)).map((line) => Number(line.slice(5)));
    assertEquals(asked.sort((a, b) => a - b), pids, name);
  }
  const killed = sent.filter((line) => line.startsWith("KILL")).map((line) =>
    Number(line.slice(5))
  );
  // Whole groups, too.
  assertEquals([...new Set(killed)].sort((a, b) => a - b), [-4139, -4121, -CLAUDE, ...pids]);
});
