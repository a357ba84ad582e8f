/**
 * Bystanders: ccrun signals only processes that a run has started, whatever others carry.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { emit, initLine, resultLine } from "../support/fake_claude.ts";
import { guardianOf } from "../support/guardians.ts";
import { AS_OTHER_USER, TWO_USERS } from "../support/other_user.ts";
import { living } from "../support/process_table.ts";
import { exists } from "../../lib/util/exists.ts";
import { type Needs, testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";
import { type FakeScene, gate, withFake } from "../e2e/fake_scene.ts";

const LINUX: Needs = {
  commands: ["setsid"],
  unless: Deno.build.os === "linux" ? undefined : "only Linux shows the environment of a process",
};

/** Longer than any step takes on a loaded machine. */
const LIMIT_MS = 60_000;

/** A claude that writes its token to a file, and has a result when the test opens the gate `go`. */
const CLAUDE = `echo "$CCRUN_RUNS" >"$gates/token"; : >"$gates/started"
${emit(initLine())}${gate("go")}${emit(resultLine())}`;

/** Returns the token of a running {@linkcode CLAUDE}. */
async function tokenOf({ sandbox, created }: FakeScene): Promise<string> {
  await created("started");
  return (await Deno.readTextFile(`${sandbox.root}/token`)).trim();
}

/** A bystander: processes that do not belong to a run. Each writes its pid to a file. */
interface Bystander extends AsyncDisposable {
  readonly what: string;
  readonly pids: readonly number[];
}

/** How a bystander is started. The script calls `stay NAME` for each of its processes. */
interface BystanderRow {
  readonly what: string;
  /** The processes. */
  readonly names: readonly string[];
  readonly script: string;
  /** The command that runs the script. @default {a shell of this user} */
  readonly prefix?: readonly string[];
}

const BYSTANDERS: readonly BystanderRow[] = [
  {
    what: "a process with a copied token",
    names: ["one"],
    script: "export CCRUN_RUNS=$TOKEN; stay one; wait",
  },
  {
    what: "a process with a copied token in a session of its own",
    names: ["one"],
    script: 'CCRUN_RUNS=0123456789abcdef0123456789abcdef:$TOKEN setsid sh -c "$STAY" stay one; :',
  },
  {
    what: "a session with a process that has a copied token",
    names: ["leader", "carrier", "other"],
    script: `exec setsid sh -c 'echo $$ >"$DIR/leader.part"; mv "$DIR/leader.part" "$DIR/leader"
      CCRUN_RUNS=$TOKEN sh -c "$STAY" stay carrier & sh -c "$STAY" stay other; wait'`,
  },
  {
    what: "the other processes of a session whose leader has exited",
    names: ["other"],
    script: `setsid sh -c 'CCRUN_RUNS=$TOKEN sh -c "$STAY" stay carrier &
      sh -c "$STAY" stay other & until [ -e "$DIR/other" ]; do sleep 0.02; done'`,
  },
  {
    what: "an orphan with a copied token in the session of the test",
    names: ["one"],
    script: "export CCRUN_RUNS=$TOKEN; (stay one &)",
  },
  ...(TWO_USERS.unless === undefined
    ? [{
      what: "an orphan of another user with a copied token in a session of its own",
      names: ["one"],
      script: 'export CCRUN_RUNS=$TOKEN; (setsid sh -c "$STAY" stay one &)',
      prefix: AS_OTHER_USER.split(" "),
    }]
    : []),
];

/** Writes the pid to a file and becomes a process that runs longer than the test. */
const STAY =
  'echo $$ >"$DIR/$1.part"; mv "$DIR/$1.part" "$DIR/$1"; exec sleep 600 </dev/null >/dev/null 2>&1';

async function startBystander(
  { sandbox }: FakeScene,
  token: string,
  { what, names, script, prefix = [] }: BystanderRow,
): Promise<Bystander> {
  const directory = await Deno.makeTempDir({ dir: "/tmp", prefix: "ccrun-test-" });
  await Deno.chmod(directory, 0o777);
  // They are not of the sandbox, where each process must end.
  const env = {
    PATH: sandbox.env()["PATH"] ?? "",
    DIR: directory,
    TOKEN: token,
    STAY,
  };
  const [program, ...args] = [
    ...prefix,
    "/bin/sh",
    "-c",
    `stay() { sh -c "$STAY" stay "$1" & }; ${script}`,
  ];
  const process = new Deno.Command(program ?? "", {
    args,
    clearEnv: true,
    env,
    cwd: "/",
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const pids: number[] = [];
  const all = async () => {
    const files = await Array.fromAsync(Deno.readDir(directory));
    return await Promise.all(
      files.filter(({ name }) => !name.endsWith(".part"))
        .map(async ({ name }) => Number(await Deno.readTextFile(`${directory}/${name}`))),
    );
  };
  for (const name of names) {
    const path = `${directory}/${name}`;
    assert(await waitFor(() => exists(path), LIMIT_MS), `${what}: no ${name}`);
    pids.push(Number(await Deno.readTextFile(path)));
  }
  return {
    what,
    pids,
    async [Symbol.asyncDispose]() {
      for (const pid of await all()) kill(pid);
      await process.status;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has exited.
  }
}

const ENDS = [
  { what: "succeeds", signal: undefined },
  { what: "is stopped", signal: "SIGTERM" },
  { what: "is killed", signal: "SIGKILL" },
] as const;

for (const { what, signal } of ENDS) {
  testWith(LINUX, `a bystander survives a run that ${what}`, async () => {
    await withFake(CLAUDE, async (scene) => {
      await using ccrun = await scene.start(["--json", "--grace", "300ms", "hi"]);
      const token = await tokenOf(scene);
      const guardian = await guardianOf(ccrun.pid);
      const bystanders: Bystander[] = [];
      await using stack = new AsyncDisposableStack();
      for (const row of BYSTANDERS) {
        bystanders.push(stack.use(await startBystander(scene, token, row)));
      }
      if (signal === undefined) await scene.open("go");
      else ccrun.kill(signal);
      const { code, stdout } = await ccrun.finished;
      await scene.sandbox.assertNothingLeft();
      assert(await waitFor(async () => (await living([guardian])).length === 0, LIMIT_MS));
      for (const { what, pids } of bystanders) {
        assertEquals((await living(pids)).map(({ pid }) => pid).sort(), [...pids].sort(), what);
        for (const pid of pids) assertEquals(stdout.includes(`pid ${pid})`), false, what);
      }
      if (signal === undefined) assertEquals(code, 0);
    });
  });
}

for (const how of ["is left over", "outlives a timeout"]) {
  testWith(
    TWO_USERS,
    `a descendant of another user is named and not signaled if it ${how}`,
    async () => {
      const start =
        `${AS_OTHER_USER} sh -c 'trap "" INT; exec sleep 600' </dev/null >/dev/null 2>&1 &
      echo $! >"$gates/pid"`;
      const body = how === "is left over"
        ? `${emit(initLine())}${start}\nsleep 0.3\n${emit(resultLine())}`
        : `trap "" INT; ${emit(initLine())}${start}\nwhile :; do sleep 0.05; done`;
      await withFake(body, async ({ sandbox, start }) => {
        await using ccrun = await start(["-q", "--timeout", "1s", "--grace", "300ms", "hi"]);
        const { stderr } = await ccrun.finished;
        const pid = Number(await Deno.readTextFile(`${sandbox.root}/pid`));
        assertEquals((await living([pid])).length, 1);
        kill(pid);
        assertStringIncludes(stderr, `could not stop a leftover process: sleep 600 (pid ${pid})`);
      });
    },
  );
}
