import { workspaceProblem } from "../../run/workspace.ts";
import type { Env } from "../../util/env.ts";
import { shellQuote } from "../../util/shell_quote.ts";
import { type Finding, ok, problem, warning } from "../finding.ts";
import { shellLines } from "../shell.ts";

const SCRIPT = `
echo checked
[ -r "$1" ] || echo unreadable
[ -w "$1" ] || echo unwritable
`;

/** Checks whether the workspace can be entered, read, and written. */
export async function checkWorkspace(workspace: string, env: Env): Promise<Finding> {
  const unusable = await workspaceProblem(workspace);
  if (unusable !== undefined) return problem("workspace", unusable.message, unusable.hint);
  const access = await shellLines(SCRIPT, env, [workspace]);
  const path = shellQuote(workspace);
  const hint = `find out why: ls -ld ${path}; findmnt -T ${path}`;
  if (access.has("unreadable")) {
    return warning("workspace", `cannot read ${workspace}: claude cannot list its files`, hint);
  }
  if (access.has("unwritable")) {
    return warning("workspace", `cannot write in ${workspace}: claude cannot change files`, hint);
  }
  return ok("workspace", access.has("checked") ? `${workspace} is writable` : workspace);
}
