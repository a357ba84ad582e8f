/** A clock that can be stopped. */
export interface PausableClock {
  /** The time that it has run, in milliseconds. */
  now(): number;
  /** Whether it stands still. */
  readonly isPaused: boolean;
  /** Stops it. */
  pause(): void;
  /** Lets it go on. */
  resume(): void;
}

/** Makes a clock that runs from now on. */
export function createPausableClock(): PausableClock {
  let began = performance.now();
  let before = 0;
  let runs = true;
  const now = () => runs ? before + performance.now() - began : before;
  return {
    now,
    get isPaused() {
      return !runs;
    },
    pause() {
      before = now();
      runs = false;
    },
    resume() {
      if (runs) return;
      began = performance.now();
      runs = true;
    },
  };
}
