/** Something that holds a claude for one conversation: busy during a run, idle between runs. */
export interface ProcessHolder {
  /** Ends the idle claude, after the run that uses it. */
  release(): Promise<void>;
}

/** Decides how many claudes there are, and that each session has one. */
export interface ProcessBroker {
  /**
   * Waits until the holder may use a claude: its own idle one, or a new one. Other holders of the same
   * session are released first.
   *
   * @param sessionId the session that the run resumes
   * @param aborted resolves when the run is stopped
   */
  acquire(
    holder: ProcessHolder,
    sessionId: string | undefined,
    aborted: Promise<unknown>,
  ): Promise<void>;
  /** Records that the run has ended, and that its claude is kept. */
  setIdle(holder: ProcessHolder): void;
  /** Records that the session of the holder became known, or changed. */
  setSessionId(holder: ProcessHolder, sessionId: string): void;
  /** Records that the claude of the holder has exited, or that none was started. */
  free(holder: ProcessHolder): void;
}
