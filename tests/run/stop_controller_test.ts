import { assertEquals } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import type { FailureReason } from "../../lib/exit_codes.ts";
import type { RunRequest } from "../../lib/run/request.ts";
import { StopController } from "../../lib/run/stop_controller.ts";
import type { StopReason } from "../../lib/run/stop_reason.ts";
import { Watchdog } from "../../lib/run/watchdog.ts";
import { createPausableClock } from "../../lib/util/clock.ts";

const TIMEOUT: StopReason = { failure: { kind: "timeout", message: "too long" } };
const SIGINT: StopReason = {
  failure: { kind: "interrupt", message: "stopped by SIGINT" },
  signal: "SIGINT",
};

/** Calls `use` for a run whose claude has started. Returns the outcome and the calls of the child. */
async function outcomeOf(
  use: (stops: StopController) => void | Promise<unknown>,
  options: Partial<RunRequest> = {},
): Promise<{ kind: FailureReason | "success"; calls: readonly string[] }> {
  const calls: string[] = [];
  const watchdog = new Watchdog({ clock: createPausableClock(), onTimeout: () => {} });
  const request: RunRequest = {
    prompt: "",
    claude: {},
    target: { cwd: "/" },
    baseDirectory: "/",
    env: {},
    diagnose: () => {},
    onStop: ({ failure }) => calls.push(`onStop ${failure.kind}`),
    ...options,
  };
  const stops = new StopController({ request, watchdog, onSlowStop: () => {} });
  stops.handleStart({
    stop(graceMs, keepDescendants) {
      calls.push(`stop ${graceMs}${keepDescendants ? " keep" : ""}`);
      return Promise.resolve(true);
    },
    kill: () => void calls.push("kill"),
    reapLeftovers: () => Promise.resolve([]),
  });
  await use(stops);
  watchdog.close();
  return { kind: stops.current?.failure?.kind ?? "success", calls };
}

Deno.test("StopController stops claude and reports a reason that counts", async () => {
  assertEquals(await outcomeOf((stops) => stops.stop(TIMEOUT)), {
    kind: "timeout",
    calls: ["onStop timeout", "stop 5000"],
  });
  assertEquals(await outcomeOf((stops) => stops.stop(SIGINT, 0)), {
    kind: "interrupt",
    calls: ["kill", "onStop interrupt", "stop 0"],
  });
});

Deno.test("StopController limits the grace period to what timers support", async () => {
  const calls = ["onStop timeout", "stop 1728000000"];
  assertEquals((await outcomeOf((stops) => stops.stop(TIMEOUT, Infinity))).calls, calls);
  const options = { graceMs: 1e12 };
  assertEquals((await outcomeOf((stops) => stops.stop(TIMEOUT), options)).calls, calls);
});

Deno.test("StopController keeps a valid result and its background processes", async () => {
  const stopIdle = async (stops: StopController) => {
    stops.setIdle(true);
    await stops.stop(TIMEOUT);
  };
  const options = { keepBackground: true, graceMs: 1 };
  assertEquals(await outcomeOf(stopIdle, options), { kind: "success", calls: ["stop 1 keep"] });
});

Deno.test("StopController.fail stops the run, even after the result", async () => {
  const error = new CcrunError("failed", "cannot write");
  const rows: readonly [use: (stops: StopController) => void, kind: FailureReason][] = [
    [(stops) => stops.fail(error), "failed"],
    [(stops) => stops.fail(new TypeError("a bug")), "internal"],
    [(stops) => (stops.fail(error), void stops.stop(SIGINT)), "failed"],
    [(stops) => (void stops.stop(SIGINT), stops.fail(error)), "interrupt"],
    [(stops) => (stops.setIdle(true), stops.fail(error)), "failed"],
    [(stops) => (stops.setIdle(true), void stops.stop(TIMEOUT), stops.fail(error)), "failed"],
  ];
  for (const [index, [use, kind]] of rows.entries()) {
    assertEquals((await outcomeOf(use)).kind, kind, `row ${index}`);
  }
});

Deno.test("StopController ignores a reason after the exit, and everything after the end", async () => {
  const exited = (reason: StopReason) => (stops: StopController) => {
    stops.handleExit();
    return stops.stop(reason);
  };
  assertEquals((await outcomeOf(exited(TIMEOUT))).kind, "success");
  assertEquals((await outcomeOf(exited(SIGINT))).kind, "interrupt");
  const ended = await outcomeOf(async (stops) => {
    await stops.close();
    stops.handleExit();
    assertEquals(await stops.stop(SIGINT), false);
  });
  assertEquals(ended.kind, "success");
});
