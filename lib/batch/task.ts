/** One task of a batch. */
export interface Task {
  /** The id: the one that is given, or the line itself. */
  readonly id: string;
  /** The number of its line, from 1. */
  readonly line: number;
  /** The complete prompt. */
  readonly prompt: string;
  /**
   * The options of its run that differ from those of the batch: values as on a command line, by the names
   * of options, such as `max-turns`. A switch has `1` or `0`.
   */
  readonly options: ReadonlyMap<string, readonly string[]>;
}
