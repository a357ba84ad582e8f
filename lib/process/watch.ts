import type { Guardian } from "./guardian.ts";

/**
 * How often what is being started is peeked at, in milliseconds, by the time since it was called:
 * the shell of a short command lives for 25 ms, and with 10 between two peeks some were missed.
 * Hooks may have their time before it.
 */
const PEEK_INTERVALS = [{ untilMs: 2000, ms: 5 }, { untilMs: 20_000, ms: 20 }] as const;
const LAST_PEEK_INTERVAL_MS = 100;

/** How often it is looked at more closely, in milliseconds: soon, and then more and more rarely. */
const FIRST_LOOK_MS = 300;
const MAX_LOOK_INTERVAL_MS = 5000;

/** Has a guardian see what a child starts. */
export interface Watch {
  /** Something is being started. */
  begin(): void;
  /** Nothing is, any more. */
  end(): void;
}

/** Makes a watch. It does not keep the program alive. */
export function makeWatch(guardian: Guardian | undefined): Watch {
  let peeking: ReturnType<typeof setTimeout> | undefined;
  let looking: ReturnType<typeof setTimeout> | undefined;
  const after = (ms: number, action: () => void) => {
    const timer = setTimeout(action, ms);
    Deno.unrefTimer(timer);
    return timer;
  };
  const peek = (begunAt: number) => {
    guardian?.peek();
    const age = performance.now() - begunAt;
    const ms = PEEK_INTERVALS.find(({ untilMs }) => age < untilMs)?.ms ?? LAST_PEEK_INTERVAL_MS;
    peeking = after(ms, () => peek(begunAt));
  };
  const look = (ms: number) => {
    looking = after(ms, () => {
      guardian?.look();
      look(Math.min(2 * ms, MAX_LOOK_INTERVAL_MS));
    });
  };
  const end = () => {
    clearTimeout(peeking);
    clearTimeout(looking);
  };
  return {
    begin() {
      end();
      if (guardian === undefined) return;
      peek(performance.now());
      look(FIRST_LOOK_MS);
    },
    end,
  };
}
