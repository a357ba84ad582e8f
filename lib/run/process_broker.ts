/** Something that holds a process for one conversation: busy during a run, else idle. */
export interface ProcessHolder {
  /** Ends the process, after the run that uses it. Called by a {@linkcode ProcessBroker}. */
  release(): Promise<void>;
}

/**
 * Decides how many processes there are, and that each session has one.
 *
 * A holder calls `acquire` before each run, `setIdle` after it, and `free` when its process is gone.
 */
export interface ProcessBroker {
  /**
   * Waits until the holder may use a process: its own idle one, or a new one. Other holders of the same session are released first.
   *
   * @param sessionId The session that the run continues, if it is known.
   * @param aborted Resolves when the holder no longer wants a process.
   * @returns Whether the holder may use a process; `false` if `aborted` resolved first.
   */
  acquire(
    holder: ProcessHolder,
    sessionId: string | undefined,
    aborted: Promise<unknown>,
  ): Promise<boolean>;

  /** Marks the process as idle: the run ended, and `holder.release()` may take the process away. */
  setIdle(holder: ProcessHolder): void;

  /** Records that the session id of the holder became known or changed (a fork, `/clear`). */
  setSessionId(holder: ProcessHolder, sessionId: string): void;

  /** Forgets the holder: its process has exited, or none was started. */
  free(holder: ProcessHolder): void;
}
