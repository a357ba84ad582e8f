/** An error or a warning that GitHub shows on the page of the run. */
export interface Annotation {
  /** A title of a few words. */
  readonly title: string;
  /** The message, which may have several lines. The log shows it, but not the title. */
  readonly message: string;
}

/**
 * Formats the commands that a CI system reads in its log: collapsed sections and annotations. Each
 * method returns whole lines, which must be written at the start of a line.
 */
export interface CiLog {
  /**
   * Returns a collapsed section. Sections cannot be nested.
   *
   * @param lines the contents: whole lines without commands
   * @param ms how long the section took, if known
   */
  group(title: string, lines: string, ms?: number): string;
  /**
   * Returns an annotation about a tool or a warning, whose message then need not be printed.
   * Returns `undefined` if the system has no annotations or shows no more of them.
   */
  annotate(level: "error" | "warning", annotation: Annotation): string | undefined;
  /** Returns the annotation about the failure of the run, or `undefined` if the system has none. */
  fail(annotation: Annotation): string | undefined;
  /** Returns a note about the first annotation that was omitted, once. */
  takeFullNotice(): string | undefined;
}
