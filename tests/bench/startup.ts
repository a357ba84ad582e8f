/**
 * How long ccrun takes to start, beside a Deno program that does nothing.
 *
 * @module
 */

import { emit, fakeClaude, initLine, resultLine } from "../support/fake_claude.ts";
import { REPOSITORY } from "../support/paths.ts";
import type { Bench } from "./bench.ts";
import { compile } from "./compiled.ts";
import { median, medianDifference } from "./numbers.ts";
import { type Argv, ccrun, denoProgram } from "./programs.ts";
import { quoted } from "./pipeline.ts";
import type { Row } from "./rows.ts";
import { PROMPT } from "./run.ts";

/** How often each takes its turn. */
const TURNS = 30;

/** Turns that are not counted: the first ones read files and compile. */
const WARM_UP_TURNS = 3;

/** A way to run ccrun, and a program that does nothing in the same way. */
interface Way {
  readonly name: string;
  readonly ccrun: Argv;
  readonly empty: Argv;
}

/** Measures the start, for every way to run ccrun. */
export async function startupSection(bench: Bench): Promise<readonly Row[]> {
  const fromSource: Way = {
    name: "deno run",
    ccrun: await ccrun(),
    empty: await denoProgram("empty.ts"),
  };
  const compiled = await compiledWay(bench);
  const rows: Row[] = [];
  for (const way of compiled === undefined ? [fromSource] : [fromSource, compiled]) {
    rows.push(...await startRows(bench, way));
  }
  return rows;
}

async function compiledWay(bench: Bench): Promise<Way | undefined> {
  const programs = [["ccrun", "main.ts"], ["empty", "tests/bench/empty.ts"]] as const;
  const [ccrun, empty] = programs.map(([name]) => `${bench.sandbox.root}/compiled-${name}`);
  if (ccrun === undefined || empty === undefined) return undefined;
  for (const [name, main] of programs) {
    bench.say(`startup: compiling ${name}`);
    const why = await compile(`${REPOSITORY}/${main}`, name === "ccrun" ? ccrun : empty);
    if (why !== undefined) {
      bench.leaveOut("the start of the binary", why);
      return undefined;
    }
  }
  return { name: "binary", ccrun: [ccrun], empty: [empty] };
}

async function startRows(bench: Bench, way: Way): Promise<readonly Row[]> {
  await using gate = await makeGate(bench);
  const claude = await fakeClaude(
    bench.sandbox,
    `echo >${quoted(gate.path)}; ${emit(initLine(), resultLine())}`,
  );
  const [empty, version, bare, through]: number[][] = [[], [], [], []];
  if (!empty || !version || !bare || !through) throw new Error("unreachable");
  for (let turn = 1 - WARM_UP_TURNS; turn <= TURNS; turn++) {
    bench.signal?.throwIfAborted();
    if (turn === 1) bench.say(`startup: ${way.name}: ${TURNS} turns`);
    const times = [
      await timeToEnd(bench, way.empty),
      await timeToEnd(bench, [...way.ccrun, "--version"]),
      await gate.timeTo([claude]),
      await gate.timeTo([...way.ccrun, "--json", "--claude", claude, ...PROMPT]),
    ];
    if (turn < 1) continue;
    for (const [at, list] of [empty, version, bare, through].entries()) list.push(times[at] ?? NaN);
  }
  // What the claude needs until it says so is not ccrun's.
  const toExec = through.map((ms, turn) => ms - (bare[turn] ?? NaN));
  const name = (what: string) => `${what}, ${way.name}`;
  const beside = "empty program";
  return [
    { name: name("start of an empty program"), value: median(empty), unit: "ms" },
    { name: name("start of --version"), value: median(version), unit: "ms" },
    {
      name: `${name("start of --version")}, beyond empty`,
      value: medianDifference(version, empty),
      unit: "ms",
      beside,
    },
    { name: name("start to claude's exec"), value: median(toExec), unit: "ms" },
    {
      name: `${name("start to claude's exec")}, beyond empty`,
      value: medianDifference(toExec, empty),
      unit: "ms",
      beside,
    },
  ];
}

/** Milliseconds from a program's start to its end. */
async function timeToEnd(bench: Bench, [command, ...args]: Argv): Promise<number> {
  const start = performance.now();
  const { success, stderr } = await new Deno.Command(command, {
    args,
    env: { ...bench.env },
    clearEnv: true,
    cwd: bench.sandbox.project,
    stdin: "null",
  }).output();
  const ms = performance.now() - start;
  if (!success) {
    throw new Error(`${command} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  }
  return ms;
}

/** A named pipe, to which claude writes as its first act. */
interface Gate extends AsyncDisposable {
  readonly path: string;
  /** Milliseconds from a program's start until somebody writes to the pipe. */
  timeTo(program: Argv): Promise<number>;
}

/** Times are taken here, on one clock: those that a shell could write down are less exact. */
async function makeGate(bench: Bench): Promise<Gate> {
  const path = await Deno.makeTempFile({ dir: bench.sandbox.root, prefix: "gate-" });
  await Deno.remove(path);
  const { success } = await new Deno.Command("mkfifo", { args: [path], stdin: "null" }).output();
  if (!success) throw new Error("mkfifo failed");
  // With a writer of our own, a read waits for what is written and not for who opens it.
  const pipe = await Deno.open(path, { read: true, write: true });
  return {
    path,
    async timeTo([command, ...args]) {
      const buffer = new Uint8Array(1);
      const start = performance.now();
      const process = new Deno.Command(command, {
        args,
        env: { ...bench.env },
        clearEnv: true,
        cwd: bench.sandbox.project,
        stdin: "null",
        stdout: "null",
        stderr: "piped",
      }).spawn();
      const opened = pipe.read(buffer).then(() => performance.now());
      const stderr = new Response(process.stderr).text();
      const { success } = await process.status;
      // If it has not been written to, the read would wait for ever.
      if (!success) await pipe.write(buffer);
      const ms = await opened - start;
      if (!success) throw new Error(`${command} ${args.join(" ")}: ${await stderr}`);
      await stderr;
      return ms;
    },
    [Symbol.asyncDispose]() {
      pipe.close();
      return Promise.resolve();
    },
  };
}
