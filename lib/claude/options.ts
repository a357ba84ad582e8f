/** What can be set for the agent: Claude Code's own options, under ccrun's names. */
export interface ClaudeOptions {
  /** The model. */
  model?: string | undefined;
  /** The model that is used when the first one is overloaded. */
  fallbackModel?: string | undefined;
  /** How many turns the agent may take. */
  maxTurns?: number | undefined;
  /** How much the run may cost, in US dollars. */
  maxBudgetUsd?: number | undefined;
  /** Tools that need no permission, as `Edit` or `Bash(git log:*)`. */
  allowedTools?: readonly string[] | undefined;
  /** Tools that are refused. */
  disallowedTools?: readonly string[] | undefined;
  /** The permission mode: default, acceptEdits, plan, bypassPermissions ... */
  permissionMode?: string | undefined;
  /** Allows everything. Never a default. */
  dangerouslySkipPermissions?: boolean | undefined;
  /** Replaces the system prompt. */
  systemPrompt?: string | undefined;
  /** Goes below the system prompt. */
  appendSystemPrompt?: string | undefined;
  /** MCP configurations: files, or JSON. */
  mcpConfig?: readonly string[] | undefined;
  /** How the caller gave those, for messages. @default {"--mcp-config"} */
  mcpConfigSource?: string | undefined;
  /** Settings: a file, or JSON. */
  settings?: string | undefined;
  /** How the caller gave those, for messages. @default {"--settings"} */
  settingsSource?: string | undefined;
  /** The JSON Schema, as JSON, of the structured output that is wanted. */
  jsonSchema?: string | undefined;
  /** API retries after the first attempt; claude's own 10 take minutes. */
  maxRetries?: number | undefined;
  /** A UUID for the new session. */
  newSessionId?: string | undefined;
  /** Text as it is generated. @default {false} */
  partial?: boolean | undefined;
  /** Options for claude, as they are. */
  extraArgs?: readonly string[] | undefined;
}

/** Where a run works and how it goes on. */
export interface SessionTarget {
  /** The directory that claude runs in, absolute. */
  cwd: string;
  /** Further directories that tools may use. */
  allowedDirs?: readonly string[] | undefined;
  /** Where plan files go. */
  plansDirectory?: string | undefined;
  /** The session to go on with. */
  resume?: string | undefined;
  /** Go on with the newest session of the directory. */
  continueLast?: boolean | undefined;
  /** Branch off that session. */
  fork?: boolean | undefined;
}
