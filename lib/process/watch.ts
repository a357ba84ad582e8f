import type { Guardian } from "./guardian.ts";

/**
 * How often, in milliseconds, and how many times what has just begun is peeked at. The shell of a
 * short command lives for 25 ms; with 10 between two peeks, some were missed.
 */
const PEEK_INTERVAL_MS = 5;
const PEEKS = 60;

/** When it is looked at more closely, in milliseconds: soon, and then more and more rarely. */
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  const after = (ms: number, action: () => void) => {
    timer = setTimeout(action, ms);
    Deno.unrefTimer(timer);
  };
  const peek = (left: number) =>
    after(PEEK_INTERVAL_MS, () => {
      guardian?.peek();
      if (left > 0) peek(left - 1);
      else look(FIRST_LOOK_MS);
    });
  const look = (ms: number) =>
    after(ms, () => {
      guardian?.look();
      look(Math.min(2 * ms, MAX_LOOK_INTERVAL_MS));
    });
  const end = () => clearTimeout(timer);
  return {
    begin() {
      end();
      peek(PEEKS);
    },
    end,
  };
}
