/** A clock that can be stopped. */
export interface Clock {
  /** The time that it has run, in milliseconds. */
  now(): number;
  /** Whether it stands still. */
  readonly isStopped: boolean;
  /** Stops it. */
  stop(): void;
  /** Lets it go on. */
  go(): void;
}

/** Makes a clock that runs from now on. */
export function makeClock(): Clock {
  let began = performance.now();
  let before = 0;
  let runs = true;
  const now = () => runs ? before + performance.now() - began : before;
  return {
    now,
    get isStopped() {
      return !runs;
    },
    stop() {
      before = now();
      runs = false;
    },
    go() {
      if (runs) return;
      began = performance.now();
      runs = true;
    },
  };
}
