import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { SignalError, SignalHandler, type SignalSystem } from "../../lib/cli/signals.ts";
import { CcrunError } from "../../lib/errors.ts";
import type { InheritedState } from "../../lib/process/inherited_state.ts";
import type { StopReason } from "../../lib/run/stop_reason.ts";

const INHERITED: InheritedState = {
  ignored: new Set(),
  hasTerminal: false,
  streams: {
    stdinIsDevice: false,
    stdoutIsFile: false,
    stdoutIsNonBlocking: false,
    stdoutAndStderrShareTarget: false,
  },
};

const TIMEOUT: StopReason = { failure: new CcrunError("timeout", "timeout of 1s reached") };

/** A system that only records what is done to it. */
class FakeSystem implements SignalSystem {
  readonly pid: number;
  readonly listeners = new Map<Deno.Signal, () => void>();
  readonly killed: [pid: number, signal: unknown][] = [];
  readonly #exited = Promise.withResolvers<number>();

  constructor(pid = 1234) {
    this.pid = pid;
  }

  /** Resolves with the exit code. */
  get exited(): Promise<number> {
    return this.#exited.promise;
  }

  /** Sends a signal to the handler. */
  send(signal: Deno.Signal): void {
    this.listeners.get(signal)?.();
  }

  addSignalListener(signal: Deno.Signal, listener: () => void): void {
    this.listeners.set(signal, listener);
  }

  removeSignalListener(signal: Deno.Signal): void {
    this.listeners.delete(signal);
  }

  kill(pid: number, signal?: unknown): void {
    this.killed.push([pid, signal]);
    throw new Error("killed");
  }

  readonly exit = ((code = 0) => this.#exited.resolve(code)) as typeof Deno.exit;
}

/** Creates a handler and a run that records how it is controlled. */
function createHandler(
  inherited: Partial<InheritedState> = {},
  system = new FakeSystem(),
  isCopy?: () => boolean,
) {
  const calls: string[] = [];
  const handler = new SignalHandler({ ...INHERITED, ...inherited }, system, isCopy);
  const setRun = () =>
    handler.setRun({
      stop: ({ signal }) => calls.push(`stop ${signal}`),
      kill: () => calls.push("kill"),
      suspend: () => Promise.resolve(),
      resume: () => Promise.resolve(),
    });
  return { handler, system, calls, setRun };
}

/** Returns the signal of the stop reason, if there is one. */
function stopSignal({ abortSignal }: SignalHandler): string | undefined {
  return (abortSignal.reason as StopReason | undefined)?.signal;
}

Deno.test("SignalHandler stops a run, then kills it, then exits with the code of the first signal", async () => {
  const { handler, system, calls, setRun } = createHandler();
  setRun();
  system.send("SIGTERM");
  assertEquals([stopSignal(handler), calls], ["SIGTERM", []]);
  system.send("SIGINT");
  assertEquals([stopSignal(handler), calls], ["SIGTERM", ["kill"]]);
  system.send("SIGINT");
  assertEquals([await system.exited, calls], [143, ["kill"]]);
});

Deno.test("SignalHandler exits at the second signal if there is no run to kill", async () => {
  const { system } = createHandler();
  system.send("SIGHUP");
  system.send("SIGHUP");
  assertEquals(await system.exited, 129);
});

Deno.test("SignalHandler does not count the copy of a signal", () => {
  const copies = [false, true];
  const isCopy = () => copies.shift() ?? false;
  const { handler, system, calls, setRun } = createHandler({}, new FakeSystem(), isCopy);
  setRun();
  system.send("SIGINT");
  system.send("SIGINT");
  assertEquals([stopSignal(handler), calls], ["SIGINT", []]);
  system.send("SIGINT");
  assertEquals(calls, ["kill"]);
});

Deno.test("SignalHandler passes the first signal to a run that was stopped for another reason", () => {
  const { handler, system, calls, setRun } = createHandler();
  setRun();
  handler.stop(TIMEOUT);
  handler.stop({ failure: new SignalError("SIGQUIT") });
  system.send("SIGTERM");
  assertEquals([handler.abortSignal.reason, calls], [TIMEOUT, ["stop SIGTERM"]]);
});

Deno.test("SignalHandler.raceWithStop resolves with the work, or rejects with the stop reason", async () => {
  const { handler, system } = createHandler();
  assertEquals(await handler.raceWithStop(Promise.resolve("done")), "done");
  const waiting = handler.raceWithStop(new Promise(() => {}));
  system.send("SIGINT");
  for (const work of [waiting, handler.raceWithStop(new Promise(() => {}))]) {
    const error = await assertRejects(() => work);
    assertInstanceOf(error, SignalError);
    assertEquals([error.kind, error.signal], ["interrupt", "SIGINT"]);
  }
});

Deno.test("SignalHandler keeps inherited signals ignored", async () => {
  const { handler, system } = createHandler({ ignored: new Set(["SIGHUP", "SIGINT"] as const) });
  system.send("SIGHUP");
  system.send("SIGINT");
  assertEquals(handler.abortSignal.aborted, false);
  // Deno would reset a signal without a listener to its default.
  assertEquals(system.listeners.has("SIGHUP"), true);
  system.send("SIGTERM");
  assertEquals(stopSignal(handler), "SIGTERM");
  assertEquals(await handler.finish(143), 143);
});

Deno.test("SignalHandler.finish ignores further signals and returns the exit code", async () => {
  const { handler, system, calls, setRun } = createHandler({ hasTerminal: true });
  setRun();
  assertEquals(await handler.finish(1), 1);
  system.send("SIGTERM");
  assertEquals([handler.abortSignal.aborted, calls, system.killed], [false, [], []]);
});

Deno.test("SignalHandler.finish dies of SIGINT at a terminal, except as the first process", async () => {
  const { handler, system } = createHandler({ hasTerminal: true });
  await assertRejects(() => handler.finish(130), Error, "killed");
  assertEquals(system.killed, [[1234, "SIGINT"]]);
  assertEquals(system.listeners.size, 0);
  for (const [hasTerminal, pid] of [[false, 1234], [true, 1]] as const) {
    const other = createHandler({ hasTerminal }, new FakeSystem(pid));
    assertEquals(await other.handler.finish(130), 130);
    assertEquals(other.system.killed, []);
  }
});
