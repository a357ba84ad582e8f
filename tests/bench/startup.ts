/**
 * Measures the time until claude is started, compared with an empty Deno program.
 *
 * @module
 */

import { emit, fakeClaude, initLine, resultLine } from "../support/fake_claude.ts";
import type { Sandbox } from "../support/sandbox.ts";
import type { Bench } from "./bench.ts";
import { STARTUP_MS } from "./goals.ts";
import { benchProgram, ccrun, type Command, measure, PROMPT } from "./measure.ts";
import { median, medianDifference, type Row } from "./results.ts";

const TURNS = 20;

/** Measures the start of ccrun. */
export async function startupSection(bench: Bench): Promise<readonly Row[]> {
  bench.log(`${TURNS} turns`);
  const { empty, claude } = await measureStarts(bench.sandbox, TURNS);
  return [
    { name: "start of an empty program", value: median(empty), unit: "ms" },
    { name: "time until claude is started", value: median(claude), unit: "ms" },
    {
      name: "time until claude is started, beyond an empty program",
      value: medianDifference(claude, empty),
      unit: "ms",
      goal: { below: STARTUP_MS },
    },
  ];
}

/** Returns the milliseconds of an empty program, and those until claude is started, turn by turn. */
export async function measureStarts(
  sandbox: Sandbox,
  turns: number,
): Promise<{ empty: number[]; claude: number[] }> {
  const started = `${sandbox.root}/started`;
  const path = await fakeClaude(
    sandbox,
    `: >'${started}'; read -r line; ${emit(initLine(), resultLine())}`,
  );
  const emptyProgram = await benchProgram("empty.ts");
  const program = await ccrun("--json", "--claude", path, ...PROMPT);
  const result = { empty: [] as number[], claude: [] as number[] };
  // The first turn compiles the code and is not counted.
  for (let turn = 0; turn <= turns; turn++) {
    const empty = await timeToExit(sandbox, emptyProgram);
    const claude = await timeToFile(sandbox, program, started);
    if (turn === 0) continue;
    result.empty.push(empty);
    result.claude.push(claude);
  }
  return result;
}

async function timeToExit(sandbox: Sandbox, program: Command): Promise<number> {
  return (await measure(program, { sandbox })).seconds * 1000;
}

/** Returns the time until a program has created a file, as the file system recorded it. */
async function timeToFile(sandbox: Sandbox, program: Command, path: string): Promise<number> {
  const { startedAt } = await measure(program, { sandbox });
  const created = (await Deno.stat(path)).mtime?.getTime() ?? NaN;
  await Deno.remove(path);
  return created - startedAt;
}
