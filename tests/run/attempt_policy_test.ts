import { assertEquals, assertThrows } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import {
  type AttemptEnd,
  AttemptPolicy,
  checkAttemptOptions,
} from "../../lib/run/attempt_policy.ts";

const NOW = Date.parse("2026-07-01T12:00:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const API: AttemptEnd = { reason: "api", isTransient: true, hasProgress: false };

function quota(resetsIn?: number, hasProgress = false): AttemptEnd {
  const resets_at = resetsIn === undefined ? undefined : new Date(NOW + resetsIn).toISOString();
  const end = { reason: "quota", isTransient: true, hasProgress } as const;
  return resets_at === undefined ? end : { ...end, resets_at };
}

/** Returns how long the wait lasts, in milliseconds, or that there is none. */
function waitMs(policy: AttemptPolicy, end: AttemptEnd, now = NOW): number | string | undefined {
  const wait = policy.next(end, now);
  return typeof wait === "object" ? wait.until - now : wait;
}

Deno.test("without options, no attempt follows", () => {
  const policy = new AttemptPolicy({});
  assertEquals([policy.next(API, NOW), policy.next(quota(1), NOW)], [undefined, undefined]);
});

Deno.test("after failures of the API, the delays grow up to five minutes, as long as there are attempts", () => {
  const least = new AttemptPolicy({ attempts: 10 }, () => 0);
  const most = new AttemptPolicy({ attempts: 10 }, () => 1);
  const delays = (policy: AttemptPolicy) =>
    Array.from({ length: 10 }, () => waitMs(policy, API)).map((ms) => ms && Number(ms) / 1_000);
  assertEquals(delays(most), [2, 4, 8, 16, 32, 64, 128, 256, 300, undefined]);
  assertEquals(delays(least), [1, 2, 4, 8, 16, 32, 64, 128, 150, undefined]);
});

Deno.test("no attempt follows a failure that remains, and none another reason", () => {
  for (const end of [{ ...API, isTransient: false }, { ...API, reason: "failed" } as const]) {
    assertEquals(new AttemptPolicy({ attempts: 5 }).next(end, NOW), undefined);
  }
});

Deno.test("a run waits for the reset of a limit, and a little longer", () => {
  for (const [random, extra] of [[0, 0], [1, MINUTE], [0.5, MINUTE / 2]] as const) {
    const policy = new AttemptPolicy({ waitForLimitMs: 5 * HOUR }, () => random);
    assertEquals(waitMs(policy, quota(2 * HOUR)), 2 * HOUR + extra);
  }
  const short = new AttemptPolicy({ waitForLimitMs: HOUR }, () => 1);
  assertEquals(waitMs(short, quota(2_000)), 2_000 + 100 + 1_000);
  const past = new AttemptPolicy({ waitForLimitMs: HOUR }, () => 0);
  assertEquals(waitMs(past, quota(-MINUTE)), 0);
});

Deno.test("a run does not wait for a reset that is too late", () => {
  const policy = new AttemptPolicy({ waitForLimitMs: HOUR });
  assertEquals(policy.next(quota(HOUR + 1), NOW), "too_long");
});

Deno.test("without a known reset, a run tries again every 15 minutes", () => {
  const policy = new AttemptPolicy({ waitForLimitMs: 40 * MINUTE }, () => 0);
  const waits = Array.from({ length: 4 }, () => waitMs(policy, quota()));
  assertEquals(waits, [15 * MINUTE, 15 * MINUTE, 10 * MINUTE, "too_long"]);
});

Deno.test("a reset that did not help is not known any longer", () => {
  const policy = new AttemptPolicy({ waitForLimitMs: HOUR }, () => 0);
  assertEquals(waitMs(policy, quota(MINUTE)), MINUTE);
  assertEquals(waitMs(policy, quota(MINUTE), NOW + MINUTE), 15 * MINUTE);
  assertEquals(waitMs(policy, quota(20 * MINUTE), NOW + 16 * MINUTE), 4 * MINUTE);
});

Deno.test("only one attempt follows at once if resets are in the past", () => {
  const policy = new AttemptPolicy({ waitForLimitMs: HOUR }, () => 0);
  assertEquals(waitMs(policy, quota(-1_000)), 0);
  assertEquals(waitMs(policy, quota(1_000), NOW + 2_000), 15 * MINUTE);
});

Deno.test("the limit of the waits counts anew when the model has worked", () => {
  const policy = new AttemptPolicy({ waitForLimitMs: HOUR }, () => 0);
  assertEquals(waitMs(policy, quota(50 * MINUTE)), 50 * MINUTE);
  assertEquals(policy.next(quota(100 * MINUTE), NOW + 50 * MINUTE), "too_long");
  assertEquals(waitMs(policy, quota(101 * MINUTE, true), NOW + 50 * MINUTE), 51 * MINUTE);
});

Deno.test("waiting for a limit uses up no attempts", () => {
  const policy = new AttemptPolicy({ waitForLimitMs: HOUR, attempts: 2 }, () => 0);
  assertEquals(waitMs(policy, quota(MINUTE)), MINUTE);
  assertEquals(policy.next(API, NOW), { reason: "api", until: NOW + 1_000, attempt: 2 });
  assertEquals(policy.next(API, NOW), undefined);
});

Deno.test("checkAttemptOptions refuses what is not a number of attempts or milliseconds", () => {
  for (const attempts of [0, 1.5, -1, NaN]) {
    assertThrows(() => checkAttemptOptions({ attempts }), CcrunError, "attempts must be");
  }
  for (const waitForLimitMs of [-1, NaN]) {
    assertThrows(() => checkAttemptOptions({ waitForLimitMs }), CcrunError, "waitForLimitMs must");
  }
  checkAttemptOptions({ attempts: 3, waitForLimitMs: Infinity });
});
