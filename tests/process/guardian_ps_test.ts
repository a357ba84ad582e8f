/** Tests how the guardian reads the output of `ps` on macOS, which hides some environments. */
import { writeExecutable } from "../support/executable.ts";
import { assert, assertEquals } from "@std/assert";
import { type Guardian, startGuardian } from "../../lib/process/guardian.ts";
import { RECORDINGS } from "../support/recordings.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

const needs = { unless: Deno.build.os === "windows" ? "there is no shell" : undefined };

/** The token of the recorded run, and its claude. */
const TOKEN = "7c1f0e9ab2d34586a0f1c2d3e4b5a697";
const CLAUDE = 4102;

/**
 * The processes that carry the token, or are found by their parent or process group. Process 4141 hides
 * its environment, and the leader of its group has ended.
 */
const FOUND = [4102, 4110, 4121, 4130, 4133, 4140];

/** Prints the recording, and accepts only options that macOS has. */
const PS = `#!/bin/sh
case $* in
"-A -E -ww -o pid= -o ppid= -o pgid= -o ruid= -o stat= -o lstart= -o command=")
  exec cat "$HERE/ps.txt" ;;
"-o ruid= -o stat= -o lstart= -p "*)
  awk -v pid="$8" '$1 == pid { print $4, $5, $6, $7, $8, $9, $10; found = 1 }
    END { exit !found }' "$HERE/ps.txt" && exit
  # The timer of the guardian is a real process.
  stat=$(/bin/ps -o stat= -o lstart= -p "$8") && echo "501 $stat" ;;
"-ww -o command= -p "*)
  exec awk -v pid="$5" '$1 == pid {
    sub(/^.* 2025 +/, ""); sub(/ [A-Z_]+=.*/, ""); print
  }' "$HERE/ps.txt" ;;
*) exit 1 ;;
esac
`;

/** Runs the guardian's script, and logs its signals instead of sending them. */
const SHELL = `#!/bin/sh
kill() {
  case $1 in
  -0) command kill "$@" ;;
  -s) [ "$3" = -- ] && echo "$2 $4" || echo "$2 $3" ;;
  esac >>"$HERE/signals"
}
eval "$2"
`;

interface Recorded {
  readonly guardian: Guardian;
  /** Replaces the output of `ps`. */
  setProcesses(text: string): Promise<void>;
  /** Returns the targets of the signals of a kind, or of all, in ascending order. */
  targetsOf(signal: string): Promise<readonly number[]>;
}

async function startRecorded(sandbox: Sandbox): Promise<Recorded> {
  const here = `${sandbox.root}/mac`;
  await Deno.mkdir(here);
  const commands = {
    ps: PS,
    sh: SHELL,
    uname: "#!/bin/sh\necho Darwin\n",
    id: "#!/bin/sh\necho 501\n",
  };
  for (const [name, text] of Object.entries(commands)) {
    const script = text.replaceAll("$HERE", here);
    await writeExecutable(`${here}/${name}`, script);
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
    setProcesses: (text) => Deno.writeTextFile(`${here}/ps.txt`, text),
    async targetsOf(signal) {
      const text = await Deno.readTextFile(`${here}/signals`).catch(() => "");
      const targets = text.split("\n").filter((line) => line !== "" && line.startsWith(signal))
        .map((line) => Number(line.split(" ")[1]));
      return [...new Set(targets)].sort((a, b) => a - b);
    },
  };
}

const recording = await Deno.readTextFile(`${RECORDINGS}/macos-ps.txt`);

testWith(needs, "Guardian finds exactly the run's processes in the output of ps", async () => {
  await using sandbox = await makeSandbox();
  const { guardian, setProcesses, targetsOf } = await startRecorded(sandbox);
  await setProcesses(recording);
  guardian.guard(CLAUDE);
  const leftovers = await guardian.listLeftovers();
  assertEquals(leftovers.map(({ pid }) => pid), FOUND);
  assertEquals(leftovers[0]?.command, "claude -p --output-format=stream-json --verbose");
  assertEquals(leftovers[3]?.command, "sleep 600");
  assertEquals(guardian.hasDied, false);
  assertEquals(await targetsOf(""), []);
});

testWith(needs, "Guardian finds them by the token without the pid of the child", async () => {
  await using sandbox = await makeSandbox();
  const { guardian, setProcesses } = await startRecorded(sandbox);
  await setProcesses(recording.replaceAll(/ 4100 /g, ` ${Deno.pid} `));
  assertEquals((await guardian.listLeftovers()).map(({ pid }) => pid), FOUND);
});

testWith(needs, "Guardian remembers a process, but not another one with the same pid", async () => {
  await using sandbox = await makeSandbox();
  const { guardian, setProcesses, targetsOf } = await startRecorded(sandbox);
  // 4150 still has its parent, 4139 leads the group of 4141, and 4171 is a tool.
  const earlier = recording.replace(/^ 4150 {5}1/m, " 4150  4121")
    .replace(/^ 4171 .*09:14:02/m, " 4171  4102  4171   501 Ss   Tue Nov 18 09:12:50")
    .replace(/^ 4140 /m, " 4139  4121  4139   501 Ss   Tue Nov 18 09:12:51 2025     sh\n$&");
  assert(/^ 4150 {2}4121 /m.test(earlier) && /^ 4171 {2}4102 /m.test(earlier));
  await setProcesses(earlier);
  guardian.guard(CLAUDE);
  await guardian.suspend();
  assertEquals(await targetsOf("STOP"), [...FOUND, 4139, 4141, 4150, 4171].sort((a, b) => a - b));
  await setProcesses(recording);
  const leftovers = await guardian.listLeftovers();
  assertEquals(leftovers.map(({ pid }) => pid), [...FOUND, 4141, 4150]);
  assertEquals(leftovers.at(-1)?.command, "/usr/bin/tail -f /Users/ada/src/a log^Jfile");
});

testWith(needs, "Guardian signals exactly the processes that it has found with ps", async () => {
  await using sandbox = await makeSandbox();
  const { guardian, setProcesses, targetsOf } = await startRecorded(sandbox);
  await setProcesses(recording);
  guardian.guard(CLAUDE);
  await guardian.suspend();
  // Claude has exited and left orphans.
  const orphans = recording.replace(/^ 4102 .*\n/m, "").replaceAll(
    /^( \d+) {2}4102 /gm,
    "$1     1 ",
  );
  await setProcesses(orphans);
  const leftovers = await guardian.end(300);
  const pids = FOUND.filter((pid) => pid !== CLAUDE);
  assertEquals(leftovers.map(({ pid }) => pid), pids);
  assert(leftovers.every(({ isRunning }) => isRunning));
  assertEquals(await targetsOf("TERM"), pids);
  assertEquals(await targetsOf("CONT"), pids);
  // Whole process groups are killed, too.
  assertEquals(await targetsOf("KILL"), [-4121, -CLAUDE, ...pids]);
});
