/** A clock that can be paused. */
export interface PausableClock {
  /** Returns the time that the clock has run, in milliseconds. */
  now(): number;
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
}

/** Creates a clock that starts to run now. */
export function createPausableClock(): PausableClock {
  let elapsed = 0;
  let startedAt: number | undefined = performance.now();
  const now = () => startedAt === undefined ? elapsed : elapsed + performance.now() - startedAt;
  return {
    now,
    get isPaused() {
      return startedAt === undefined;
    },
    pause() {
      elapsed = now();
      startedAt = undefined;
    },
    resume() {
      startedAt ??= performance.now();
    },
  };
}
