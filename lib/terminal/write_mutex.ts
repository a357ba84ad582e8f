/** Lets several writers share a destination without writing into each other's lines. */
export class WriteMutex {
  #last: Promise<void> = Promise.resolve();

  /** Runs `work` after all work that was passed before. */
  run(work: () => Promise<void>): Promise<void> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }
}
