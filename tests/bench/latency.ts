import { TextLineStream } from "@std/streams/text-line-stream";
import { command } from "../support/ccrun.ts";
import { fakeClaude } from "../support/fake_claude.ts";
import { asObject } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import { makeSandbox } from "../support/sandbox.ts";

/** Lines that are not counted: the first ones run code that is not compiled yet. */
const WARM_UP_LINES = 50;

/**
 * Milliseconds from the writing of a line by claude to the arrival of its event at
 * the reader of `ccrun --json`, for each line.
 */
export async function eventLatencies(lines: number, perSecond: number): Promise<number[]> {
  await using sandbox = await makeSandbox();
  const program = `${REPOSITORY}/tests/bench/clock_claude.ts`;
  const claude = await fakeClaude(
    sandbox,
    `exec '${Deno.execPath()}' run --quiet --config '${REPOSITORY}/deno.json' '${program}' ` +
      `${lines + WARM_UP_LINES} ${perSecond}`,
  );
  const [executable, ...prefix] = await command();
  const process = new Deno.Command(executable, {
    args: [...prefix, "--json", "--claude", claude, "-p", "hello"],
    env: { ...sandbox.env(), DENO_DIR: await denoDir() },
    clearEnv: true,
    cwd: sandbox.project,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const events = process.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(
    new TextLineStream(),
  );
  const latencies: number[] = [];
  for await (const line of events) {
    const now = performance.timeOrigin + performance.now();
    const event = asObject(JSON.parse(line));
    if (event["type"] === "text") latencies.push(now - Number(event["text"]));
  }
  const { success } = await process.status;
  if (!success || latencies.length !== lines + WARM_UP_LINES) {
    throw new Error(`only ${latencies.length} of ${lines + WARM_UP_LINES} events arrived`);
  }
  return latencies.slice(WARM_UP_LINES);
}

/** Where Deno keeps its modules, which an environment from nothing does not say. */
async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return String(asObject(JSON.parse(new TextDecoder().decode(stdout)))["denoDir"]);
}
