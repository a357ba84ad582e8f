import { resolveSession } from "../claude/sessions/resolve.ts";
import type { EventBody } from "../events.ts";
import type { Env } from "../util/env.ts";
import { homeDirectory } from "../util/home_directory.ts";
import type { RunRequest } from "./request.ts";

/** Returns the warnings about what a run finds before claude is started. */
export async function startNotices(
  { env, target, claude }: Pick<RunRequest, "env" | "target" | "claude">,
): Promise<EventBody[]> {
  const texts = [gitWarning(env)];
  // The sessions of a worktree are stored under its own path.
  const usesWorktree = claude.extraArgs?.some((arg) => /^(--worktree(=|$)|-w)/.test(arg));
  if (target.continueLast && !usesWorktree) {
    texts.push(await newSessionWarning(target.cwd, env));
  }
  return texts.filter((text) => text !== undefined)
    .map((text) => ({ type: "notice", level: "warning", kind: "start", text }));
}

/** Variables that make git ignore where it runs. git sets them for its hooks. */
const GIT_VARIABLES = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_COMMON_DIR",
  "GIT_NAMESPACE",
];

function gitWarning(env: Env): string | undefined {
  const names = GIT_VARIABLES.filter((name) => env[name] !== undefined);
  if (names.length === 0) return undefined;
  return `git commands of the agent inherit ${names.join(", ")}, as a git hook sets them; ` +
    `to avoid it: unset ${names.join(" ")}`;
}

/** Returns a warning if there is no session to continue, because claude starts a new one silently. */
async function newSessionWarning(cwd: string, env: Env): Promise<string | undefined> {
  const home = await homeDirectory(env);
  // Without a known place of the sessions, only claude can find them.
  const match = await resolveSession("last", { cwd, env, home }).catch(() => undefined);
  return match?.status === "no_session"
    ? `${cwd} has no session to continue, so this run starts a new one`
    : undefined;
}
