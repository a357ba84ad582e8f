/** An error or a warning that GitHub shows on the page of the run. */
export interface Annotation {
  /** A title of a few words. It need not be sanitized. */
  readonly title: string;
  /** The message, which may have several lines. The log shows it, but not the title. */
  readonly message: string;
}

/** The level of an annotation. `failure` is reserved for the failure of the run itself. */
export type AnnotationLevel = "error" | "warning" | "failure";

/** What is written to the log for an annotation. */
export interface AnnotationOutput {
  /**
   * The command. The log shows its message, which then need not be printed. Absent if the system has
   * no annotations or shows no more of them.
   */
  readonly command?: string;
  /** A note about annotations that are omitted; present only for the first of them. */
  readonly notice?: string;
}

/**
 * Formats the commands that a CI system reads in its log: collapsed sections and annotations. Commands
 * are whole lines and must be written at the start of a line.
 */
export interface CiLog {
  /**
   * Returns a collapsed section. Sections cannot be nested.
   *
   * @param lines the contents: whole lines without commands
   * @param ms how long the section took, if known
   */
  group(title: string, lines: string, ms?: number): string;
  /** Returns an annotation as the system reads it. */
  annotate(level: AnnotationLevel, annotation: Annotation): AnnotationOutput;
}
