import { findSessionDirectory } from "../claude/sessions/locate.ts";
import { homeDirectory } from "../util/home_directory.ts";
import { isInlineJson } from "../util/json.ts";
import { shellQuote } from "../util/shell_quote.ts";
import type { RunRequest } from "./request.ts";
import type { RunState } from "./run_state.ts";

/**
 * Returns the command that resumes the session of a run that has ended. If claude did not open the
 * requested session, it may belong to another directory, or exist already.
 *
 * @param opened the session that claude opened, if it did, and its directory
 * @returns undefined if the session is not stored
 */
export async function findResumeCommand(
  request: RunRequest,
  opened: Pick<RunState, "sessionId" | "cwd">,
): Promise<string | undefined> {
  const { target: { cwd, resume }, claude: { newSessionId }, env, baseDirectory } = request;
  const id = opened.sessionId ?? resume ?? newSessionId;
  if (id === undefined) return undefined;
  const location = { cwd, env, home: await homeDirectory(env) };
  const stored = await findSessionDirectory(id, location);
  if (stored === undefined) return undefined;
  // Newer versions also open a session in a directory where it is not stored.
  const directory = opened.sessionId === undefined ? stored : opened.cwd ?? cwd;
  return resumeCommand(
    { sessionId: id, directory: directory === baseDirectory ? undefined : directory },
    request,
  );
}

/** A stored session. */
export interface StoredSession {
  readonly sessionId: string;
  /** The directory that it belongs to, if it is another one than that of the caller. */
  readonly directory: string | undefined;
}

/** The part of a request that a resumed run needs as well. */
export type ResumedRequest = Pick<
  RunRequest,
  "apiUrl" | "claudePath" | "claude" | "target" | "env"
>;

/**
 * Returns the command that resumes a session with the permissions of its last run. It lacks the prompt.
 *
 * @example
 * ```ts
 * import { resumeCommand } from "./resume_command.ts";
 *
 * console.log(resumeCommand({ sessionId: "0c949d68", directory: "/my project" }));
 * // ccrun --resume 0c949d68 -C '/my project'
 * ```
 */
export function resumeCommand(
  { sessionId, directory }: StoredSession,
  request?: ResumedRequest,
): string {
  return [
    "ccrun",
    ...option("--resume", sessionId),
    ...option("-C", directory),
    ...(request === undefined ? [] : requestOptions(request)),
  ].join(" ");
}

function requestOptions({ apiUrl, claudePath, claude, target, env }: ResumedRequest): string[] {
  const { allowedTools = [], disallowedTools = [], permissionMode, settings } = claude;
  return [
    // The shell still has the variables.
    ...option("--claude", claudePath === env["CCRUN_CLAUDE"] ? undefined : claudePath),
    ...option("--api-url", apiUrl === env["CCRUN_API_URL"] ? undefined : withoutSecret(apiUrl)),
    ...option("--permission-mode", permissionMode),
    ...(claude.dangerouslySkipPermissions ? ["--dangerously-skip-permissions"] : []),
    ...allowedTools.flatMap((rule) => option("--allowed-tools", rule)),
    ...disallowedTools.flatMap((rule) => option("--disallowed-tools", rule)),
    ...(target.allowedDirs ?? []).flatMap((directory) => option("--add-dir", directory)),
    // Inline settings can contain secrets.
    ...option("--settings", settings && isInlineJson(settings) ? undefined : settings),
  ];
}

function option(name: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  // Alone, it would be read as another option.
  return value.startsWith("-") ? [shellQuote(`${name}=${value}`)] : [name, shellQuote(value)];
}

/** Returns the URL, unless it contains a login or parameters, which must not be printed. */
function withoutSecret(url: string | undefined): string | undefined {
  const { username, password, search } = (url && URL.parse(url)) || {};
  return username || password || search ? undefined : url;
}
