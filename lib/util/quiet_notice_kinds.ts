/**
 * Kinds of notices that are shown only as warnings or errors, because they repeat other lines or are
 * meant for programs.
 */
export const QUIET_NOTICE_KINDS = [
  "autocompact",
  "background_tasks",
  "cloud_session",
  "command",
  "feedback",
  "hook",
  "mcp_tools",
  "permission_check",
  "session_metadata",
  "session_title",
  "task_list",
  "turn_summary",
  "ui",
  "vcs",
  "workspace",
] as const;

/** One of {@linkcode QUIET_NOTICE_KINDS}. */
export type QuietNoticeKind = typeof QUIET_NOTICE_KINDS[number];
