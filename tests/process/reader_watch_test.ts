import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { denoVariables } from "../support/ccrun.ts";
import { childrenOf } from "../support/process_table.ts";
import { REPOSITORY } from "../support/paths.ts";
import { type RunningProcess, startProcess } from "../support/running_process.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { waitFor } from "../support/wait_for.ts";

/** Longer than anything here takes on a loaded machine, shorter than a person waits for a failure. */
const LIMIT_MS = 30_000;

/** Watches its reader, says on stderr what it learns, and does what it reads on stdin. */
const PROGRAM = `import { watchReader } from "${REPOSITORY}/lib/process/reader_watch.ts";
const { env, shell, signals, closes } = JSON.parse(Deno.args[0]);
for (const signal of signals) Deno.addSignalListener(signal, () => console.error("got " + signal));
const watch = watchReader({ env, shell });
let isGone = false;
watch.gone.then(() => {
  isGone = true;
  console.error("the reader has gone");
});
console.error("program " + Deno.pid + " runs");
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  for (const line of text.split("\\n")) {
    const [order, ...files] = line.split(" ");
    if (order === "close") {
      await Promise.all([watch.close(), watch.close()]);
      console.error("closed, " + (files.some(isThere) ? "and goes on" : "and over"));
    }
    if (order === "exit") Deno.exit(3);
    if (order === "ask") console.error(isGone ? "gone" : "not gone");
  }
}
// Not awaited: nothing is to keep the program alive but the watch itself.
if (closes) void watch.close().then(() => console.error("closed at the end"));

function isThere(file) {
  try {
    return Deno.readTextFileSync(file) !== "";
  } catch {
    return false;
  }
}
`;

/** A script in which the program has a reader, who ends when nobody holds the pipe open any more. */
const PIPED = `"$@" | /bin/sh -c 'echo "reader $$ runs" >&2; exec cat'`;

/** Where a watch can work. */
const WATCHED = {
  unless: Deno.build.os === "linux" && isTailGnu() ? undefined : "it takes Linux and GNU's tail",
};

function isTailGnu(): boolean {
  const { success } = new Deno.Command("/bin/sh", {
    args: ["-c", "tail --version | grep -q GNU"],
    stderr: "null",
  }).outputSync();
  return success;
}

/** What the program is told, and how it is run. */
interface Told {
  /** The environment that its watch is told of. */
  readonly env?: Readonly<Record<string, string>>;
  /** The shell of its watch. @default {["/bin/sh"]} */
  readonly shell?: readonly string[];
  /** What starts that shell, with variables before it. @default {"/usr/bin/env"} */
  readonly starter?: string;
  /** The PATH of that shell. @default {the sandbox's} */
  readonly path?: string;
  /** The signals that do not end it. */
  readonly signals?: readonly Deno.Signal[];
  /** Whether it closes its watch at its end. @default {false} */
  readonly closes?: boolean;
  /** The words that run the script. @default {["/bin/bash", "-c"]} */
  readonly runner?: readonly [string, ...string[]];
}

/** Starts a script in which `"$@"` is the program. */
async function start(sandbox: Sandbox, script: string, told: Told = {}): Promise<RunningProcess> {
  const { env = {}, shell = ["/bin/sh"], signals = [], closes = false } = told;
  const { runner = ["/bin/bash", "-c"] } = told;
  const program = `${sandbox.root}/program.ts`;
  await Deno.writeTextFile(program, PROGRAM);
  const sandboxEnv = sandbox.env();
  // The sandbox's variables, so that what the watch leaves behind is found.
  const variables = Object.entries({ ...sandboxEnv, PATH: told.path ?? sandboxEnv["PATH"] });
  const words = [
    told.starter ?? "/usr/bin/env",
    ...variables.map(([name, value]) => `${name}=${value}`),
    ...shell,
  ];
  const deno = [Deno.execPath(), "run", "-A", "--quiet", "--cached-only", program];
  return startProcess(
    [...runner, script, "bash", ...deno, JSON.stringify({ env, shell: words, signals, closes })],
    { sandbox, env: await denoVariables(), stdin: "open", limitMs: LIMIT_MS },
  );
}

/** Who said on stderr that it runs: `program` or `reader`. */
async function pidOf(process: RunningProcess, name: string): Promise<number> {
  const said = new RegExp(`${name} (\\d+) runs\n`);
  const text = await process.stderrUntil((text) => said.test(text));
  return Number(said.exec(text)?.[1]);
}

/** The processes of a watch that is at it: the one that holds stdout, and the one that ends it. */
async function watchOf(process: RunningProcess): Promise<{ tail: number; second: number }> {
  const program = await pidOf(process, "program");
  let tail: number | undefined;
  let second: number | undefined;
  await waitFor(async () => {
    tail = (await childrenOf(program)).find(({ command }) => command.startsWith("tail "))?.pid;
    if (tail !== undefined) second = (await childrenOf(tail))[0]?.pid;
    return second !== undefined;
  }, LIMIT_MS);
  assert(tail !== undefined && second !== undefined, "there is no watch");
  return { tail, second };
}

/** Waits for the watch's end while the program goes on. */
async function watchHasEnded(process: RunningProcess): Promise<void> {
  const program = await pidOf(process, "program");
  const ended = await waitFor(async () => (await childrenOf(program)).length === 0, LIMIT_MS);
  assert(ended, "the watch goes on");
}

/** Sees, once, that the program does not think that its reader has gone. */
async function assertNotGone(process: RunningProcess): Promise<void> {
  await process.write("ask\n");
  await process.stderrUntil((text) => /^(not )?gone$/m.test(text));
  assertStringIncludes(process.stderr(), "\nnot gone\n");
}

/**
 * Runs a script in which `"$@"` is the program, does something to it, and lets it end. Sees that it has
 * written nothing, and that nothing is left.
 */
async function withProgram(
  script: string,
  told: Told,
  act: (process: RunningProcess, sandbox: Sandbox) => Promise<void>,
): Promise<void> {
  await using sandbox = await makeSandbox();
  await using process = await start(sandbox, script, told);
  await act(process, sandbox);
  await process.closeStdin().catch(() => {});
  assertEquals((await process.finished).stdout, "");
  await sandbox.assertNothingLeft();
}

const GONE = "the reader has gone";

for (const [name, ...shell] of [["sh"], ["bash", "--posix"], ["busybox", "sh"]] as const) {
  const words: readonly string[] = [name, ...shell];
  testWith(
    { ...WATCHED, commands: [name] },
    `a watch of ${words.join(" ")} tells that the reader has gone while nothing is written`,
    async () => {
      await withProgram(PIPED, { shell: words }, async (process) => {
        await watchOf(process);
        await assertNotGone(process);
        Deno.kill(await pidOf(process, "reader"), "SIGKILL");
        await process.stderrUntil(GONE);
        await watchHasEnded(process);
      });
    },
  );
}

testWith(WATCHED, "a watch tells that the reader had gone before it began", async () => {
  await withProgram(
    `{ while [ ! -e left ]; do sleep 0.01; done; "$@"; } | { exec <&-; : >left; }`,
    {},
    async (process) => void await process.stderrUntil(GONE),
  );
});

testWith(WATCHED, "a watch works where SIGPIPE is ignored", async () => {
  await withProgram(`trap '' PIPE; ${PIPED}`, {}, async (process) => {
    await watchOf(process);
    Deno.kill(await pidOf(process, "reader"), "SIGKILL");
    await process.stderrUntil(GONE);
  });
});

testWith(
  { ...WATCHED, commands: ["mkfifo"] },
  "a watch tells that nobody reads a FIFO of the file system",
  async () => {
    const script = `mkfifo fifo; sh -c 'echo "reader $$ runs" >&2; exec cat' <fifo & "$@" >fifo`;
    await withProgram(script, {}, async (process) => {
      await watchOf(process);
      await assertNotGone(process);
      Deno.kill(await pidOf(process, "reader"), "SIGKILL");
      await process.stderrUntil(GONE);
    });
  },
);

testWith(
  { ...WATCHED, commands: ["setsid"] },
  "a watch is not reached by what a terminal sends to the foreground",
  async () => {
    const signals = ["SIGINT", "SIGQUIT", "SIGHUP", "SIGTSTP"] as const;
    const script = `trap '' INT QUIT HUP TSTP; ${PIPED}`;
    const runner = ["setsid", "/bin/bash", "-c"] as const;
    await withProgram(script, { signals, runner }, async (process) => {
      await watchOf(process);
      for (const signal of signals) {
        Deno.kill(-process.pid, signal);
        await process.stderrUntil(`got ${signal}`);
      }
      await assertNotGone(process);
      Deno.kill(await pidOf(process, "reader"), "SIGKILL");
      await process.stderrUntil(GONE);
    });
  },
);

testWith(WATCHED, "a watch that somebody kills tells nothing, and goes", async () => {
  for (const signal of ["SIGTERM", "SIGKILL", "SIGINT"] as const) {
    await withProgram(PIPED, {}, async (process, sandbox) => {
      const { tail, second } = await watchOf(process);
      Deno.kill(tail, signal);
      await watchHasEnded(process);
      const isOver = async () => !(await sandbox.processes()).includes(second);
      assert(await waitFor(isOver, LIMIT_MS), "its second process goes on");
      await assertNotGone(process);
    });
  }
});

/**
 * Has a program close its watch and look at once what is left of it. The first process is its child,
 * which it has waited for; the second one has no environment any more.
 */
function closeOrder(tail: number, second: number): string {
  return `close /proc/${tail}/stat /proc/${second}/environ\n`;
}

testWith(WATCHED, "a watch has gone when it is closed, and has told nothing", async () => {
  await withProgram(PIPED, {}, async (process) => {
    const { tail, second } = await watchOf(process);
    await process.write(closeOrder(tail, second));
    await process.stderrUntil("closed, and over");
    await assertNotGone(process);
  });
});

/** As {@linkcode PIPED}, and says how the program ended. */
const PIPED_WITH_CODE = `${PIPED}; echo "code \${PIPESTATUS[0]}" >&2`;

testWith(WATCHED, "a watch can be closed when nothing else keeps the program alive", async () => {
  await withProgram(PIPED, { closes: true }, async (process) => {
    await watchOf(process);
    await process.closeStdin();
    await process.stderrUntil("closed at the end");
  });
});

testWith(WATCHED, "a watch does not keep its program alive, nor its reader waiting", async () => {
  await withProgram(PIPED_WITH_CODE, {}, async (process) => {
    await watchOf(process);
    await process.closeStdin();
    await process.stderrUntil("code 0");
  });
});

testWith(WATCHED, "a watch goes when its program exits", async () => {
  await withProgram(PIPED_WITH_CODE, {}, async (process) => {
    await watchOf(process);
    await process.write("exit\n");
    await process.stderrUntil("code 3");
  });
});

testWith(WATCHED, "a watch that is stopped can be closed", async () => {
  await withProgram(PIPED, {}, async (process) => {
    const { tail, second } = await watchOf(process);
    for (const pid of [tail, second]) Deno.kill(pid, "SIGSTOP");
    await process.write(closeOrder(tail, second));
    await process.stderrUntil("closed, and over");
  });
});

testWith(
  WATCHED,
  "a watch goes when its program is killed, though nobody waits for that",
  async () => {
    await using sandbox = await makeSandbox();
    // The parent becomes one that never asks how its child has ended.
    const script = `exec 3<&0; "$@" <&3 & exec sleep 600 >/dev/null 2>&1`;
    await using process = await start(sandbox, script);
    await watchOf(process);
    Deno.kill(await pidOf(process, "program"), "SIGKILL");
    const isAlone = async () => (await sandbox.processes()).join() === `${process.pid}`;
    assert(await waitFor(isAlone, LIMIT_MS), "it goes on");
    const zombies = await childrenOf(process.pid);
    assert(zombies.some(({ state }) => state === "Z"), "somebody has waited");
  },
);

testWith(WATCHED, "a watch whose second process was killed goes with its program", async () => {
  await withProgram(PIPED, {}, async (process) => {
    const { second } = await watchOf(process);
    Deno.kill(second, "SIGKILL");
    await assertNotGone(process);
    Deno.kill(await pidOf(process, "program"), "SIGKILL");
  });
});

for (
  const [name, script] of [
    ["a file", `"$@" >out.txt`],
    ["/dev/null", `"$@" >/dev/null`],
    ["closed", `"$@" >&-`],
  ] as const
) {
  Deno.test(`a watch ends at once where stdout is ${name}`, async () => {
    await withProgram(script, {}, async (process) => {
      await watchHasEnded(process);
      await assertNotGone(process);
      await process.write("close\n");
      await process.stderrUntil("closed, and over");
    });
  });
}

Deno.test("a watch ends at once where stdout is a socket, as a parent that is Node makes it", async () => {
  const script = `exec node -e '
    const [command, ...args] = process.argv.slice(1);
    require("node:child_process").spawn(command, args, { stdio: ["inherit", "pipe", "inherit"] });
  ' -- "$@"`;
  await withProgram(script, {}, async (process) => {
    await watchHasEnded(process);
    await assertNotGone(process);
  });
});

testWith(
  { commands: ["script"], unless: WATCHED.unless },
  "a watch ends at once where stdout is a terminal",
  async () => {
    const script = `printf '%q ' "$@" >run; exec script -qefc ". ./run 2>said" /dev/null`;
    await using sandbox = await makeSandbox();
    await using process = await start(sandbox, script);
    const said = async () => await Deno.readTextFile(`${sandbox.project}/said`).catch(() => "");
    assert(await waitFor(async () => (await said()).includes("runs"), LIMIT_MS));
    const program = Number(/\d+/.exec(await said())?.[0]);
    assert(await waitFor(async () => (await childrenOf(program)).length === 0, LIMIT_MS));
    await process.write("ask\n");
    assert(await waitFor(async () => (await said()).includes("\nnot gone\n"), LIMIT_MS));
    await process.closeStdin();
    await process.finished;
    await sandbox.assertNothingLeft();
  },
);

Deno.test("a watch does nothing where there is no shell or no tail", async () => {
  for (const told of [{ starter: "/nowhere/sh" }, { path: "/nowhere" }]) {
    await withProgram(PIPED, told, async (process, sandbox) => {
      const program = await pidOf(process, "program");
      await watchHasEnded(process);
      await assertNotGone(process);
      const reader = await pidOf(process, "reader");
      const isOver = async () =>
        (await sandbox.processes()).every((pid) => [process.pid, program, reader].includes(pid));
      assert(await waitFor(isOver, LIMIT_MS), "its second process goes on");
    });
  }
});

testWith(
  { commands: ["busybox"] },
  "a watch does nothing with a tail that is not GNU's",
  async () => {
    await using sandbox = await makeSandbox();
    await Deno.writeTextFile(`${sandbox.bin}/tail`, `#!/bin/sh\nexec busybox tail "$@"\n`);
    await Deno.chmod(`${sandbox.bin}/tail`, 0o755);
    await using process = await start(sandbox, PIPED);
    await watchHasEnded(process);
    await assertNotGone(process);
    await process.closeStdin();
    assertEquals((await process.finished).stdout, "");
    await sandbox.assertNothingLeft();
  },
);

testWith(
  WATCHED,
  "a watch has PATH and the outer runs in its environment, and nothing else",
  async () => {
    await using sandbox = await makeSandbox();
    const starter = `${sandbox.bin}/starter`;
    const seen = `${sandbox.root}/seen`;
    await Deno.writeTextFile(starter, `#!/bin/sh\ntr '\\0' '\\n' </proc/$$/environ >'${seen}'\n`);
    await Deno.chmod(starter, 0o755);
    for (const outer of [[], [["CCRUN_RUNS", "0".repeat(32)]]]) {
      const env = Object.fromEntries([...outer, ["PATH", "/own/bin"], ["HOME", "/home/somebody"]]);
      await using process = await start(sandbox, PIPED, { starter, env });
      await watchHasEnded(process);
      const variables = (await Deno.readTextFile(seen)).trimEnd().split("\n");
      const path = ["PATH", "/usr/bin:/bin:/own/bin"];
      assertEquals(variables.sort(), [...outer, path].map((entry) => entry.join("=")));
    }
  },
);
