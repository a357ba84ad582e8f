/** Runs functions one after another, even if several programs use the same folder. */
export class FolderQueue {
  readonly #folder: string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Runs a function after those that were added before. Returns its result. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => this.#runLocked(work));
    this.#last = result.catch(() => {});
    return result;
  }

  async #runLocked<T>(work: () => Promise<T>): Promise<T> {
    // The lock of a directory needs no file, and ends with the program.
    using folder = await Deno.open(this.#folder);
    await folder.lock(true);
    return await work();
  }
}
