import type { Guardian } from "./guardian.ts";

/**
 * How often what is being started is peeked at, in milliseconds, by the time since it was called:
 * the shell of a short command lives for 25 ms, and with 10 between two peeks some were missed.
 * Hooks may have their time before it.
 */
const PEEK_INTERVALS = [
  { untilMs: 2000, ms: 5 },
  { untilMs: 20_000, ms: 20 },
] as const;
const LAST_PEEK_INTERVAL_MS = 100;

/** How many peeks may wait for their answer: the guardian has other orders to carry out, too. */
const MAX_UNANSWERED = 4;

/** How often it is looked at more closely, in milliseconds: soon, and then more and more rarely. */
const FIRST_LOOK_MS = 300;
const MAX_LOOK_INTERVAL_MS = 5000;

/** Has a guardian see what a child starts. */
export interface Watch {
  /** Something is being started. */
  begin(): void;
  /** Nothing is, any more: from now on it only looks, so that no session is remembered that is over. */
  end(): void;
  /** The child has ended. */
  close(): void;
}

/** Makes a watch. It does not keep the program alive. */
export function makeWatch(guardian: Guardian | undefined): Watch {
  let peeking: ReturnType<typeof setTimeout> | undefined;
  let looking: ReturnType<typeof setTimeout> | undefined;
  let unanswered = 0;
  let isClosed = false;
  const after = (ms: number, action: () => void) => {
    const timer = setTimeout(action, ms);
    Deno.unrefTimer(timer);
    return timer;
  };
  const peek = (begunAt: number) => {
    if (guardian !== undefined && unanswered < MAX_UNANSWERED) {
      unanswered++;
      guardian.peek().then(() => unanswered--);
    }
    const age = performance.now() - begunAt;
    const ms = PEEK_INTERVALS.find(({ untilMs }) => age < untilMs)?.ms ?? LAST_PEEK_INTERVAL_MS;
    peeking = after(ms, () => peek(begunAt));
  };
  const look = (ms: number) => {
    clearTimeout(looking);
    looking = after(ms, async () => {
      await guardian?.scan();
      if (!isClosed) look(Math.min(2 * ms, MAX_LOOK_INTERVAL_MS));
    });
  };
  const end = () => clearTimeout(peeking);
  return {
    begin() {
      end();
      if (guardian === undefined || isClosed) return;
      peek(performance.now());
      look(FIRST_LOOK_MS);
    },
    end,
    close() {
      isClosed = true;
      end();
      clearTimeout(looking);
    },
  };
}
