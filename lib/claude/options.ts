/** The model that Claude Code uses without the option. A resumed session uses its last one instead. */
export const DEFAULT_MODEL = "default";

/** The options of Claude Code, under the names that ccrun has for them. */
export interface ClaudeOptions {
  /** The model, or an alias such as `opus`. */
  model?: string | undefined;
  /** The model to use when the first one is overloaded. */
  fallbackModel?: string | undefined;
  /** How many turns the agent may take. */
  maxTurns?: number | undefined;
  /** How much the run may cost, in US dollars. */
  maxBudgetUsd?: number | undefined;
  /** Tools that need no permission, for example `Edit` or `Bash(git log:*)`. */
  allowedTools?: readonly string[] | undefined;
  /** Tools that are denied. */
  disallowedTools?: readonly string[] | undefined;
  /**
   * Absolute paths of files and directories that the tools of claude must not edit.
   *
   * @internal
   */
  protectedPaths?: readonly string[] | undefined;
  /** The permission mode: `default` (or `manual`, its newer name), `acceptEdits`, `plan`, and so on. */
  permissionMode?: string | undefined;
  /** Whether to allow everything. @default {false} */
  dangerouslySkipPermissions?: boolean | undefined;
  /** Text to replace the system prompt. */
  systemPrompt?: string | undefined;
  /** A file to use instead of {@linkcode systemPrompt}. */
  systemPromptFile?: string | undefined;
  /** Text to append to the system prompt. */
  appendSystemPrompt?: string | undefined;
  /** A file to use instead of {@linkcode appendSystemPrompt}. */
  appendSystemPromptFile?: string | undefined;
  /** Text to append to the system prompt of subagents. */
  appendSubagentSystemPrompt?: string | undefined;
  /** Subagents, as JSON. */
  agents?: string | undefined;
  /** MCP configurations: files, or JSON. */
  mcpConfig?: readonly string[] | undefined;
  /**
   * The option or variable with the MCP configurations, for messages. @default {"--mcp-config"}
   *
   * @internal
   */
  mcpConfigSource?: string | undefined;
  /** Settings: a file, or JSON. */
  settings?: string | undefined;
  /**
   * The option or variable with the settings, for messages. @default {"--settings"}
   *
   * @internal
   */
  settingsSource?: string | undefined;
  /** The JSON Schema of the structured output, as JSON. */
  jsonSchema?: string | undefined;
  /** How many times a failed API request is retried. */
  maxRetries?: number | undefined;
  /** A UUID for the new session. */
  newSessionId?: string | undefined;
  /** Whether to report text while it is being generated. @default {false} */
  partial?: boolean | undefined;
  /** Arguments that are passed to claude unchanged. */
  extraArgs?: readonly string[] | undefined;
}

/** Where a run works, and which session it resumes. */
export interface SessionTarget {
  /** The workspace, absolute. */
  cwd: string;
  /** Other directories that tools may use. */
  allowedDirs?: readonly string[] | undefined;
  /** The directory for plan files. */
  plansDirectory?: string | undefined;
  /** The session to resume. */
  resume?: string | undefined;
  /** Whether to resume the newest session of the workspace. */
  continueLast?: boolean | undefined;
  /** Whether to resume a copy of the session. */
  fork?: boolean | undefined;
}
