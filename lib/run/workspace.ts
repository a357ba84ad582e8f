import { CcrunError } from "../errors.ts";
import { describeReadError } from "../util/file_errors.ts";
import { shellQuote } from "../util/shell_quote.ts";

/**
 * Returns the error of a directory that no run can work in; undefined if it exists and can be entered.
 *
 * @example
 * ```ts
 * import { workspaceProblem } from "./workspace.ts";
 *
 * const problem = await workspaceProblem("/no/such/directory");
 * console.log(problem?.message); // cannot use the workspace /no/such/directory: it does not exist
 * ```
 */
export async function workspaceProblem(directory: string): Promise<CcrunError | undefined> {
  const problem = (reason: string, hint = "name an existing directory with --cwd") =>
    new CcrunError("usage", `cannot use the workspace ${directory}: ${reason}`, hint);
  const permissionsHint = `check its permissions: ls -ld ${shellQuote(directory)}`;
  try {
    const { isDirectory } = await Deno.stat(directory);
    if (!isDirectory) return problem("it is not a directory");
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    const isDenied = error instanceof Deno.errors.PermissionDenied;
    return problem(describeReadError(error), isDenied ? permissionsHint : undefined);
  }
  return await canEnterDirectory(directory)
    ? undefined
    : problem("permission denied", permissionsHint);
}

/** A name that is not expected to exist. Deno removes `.` from a path before the OS sees it. */
const UNUSED_NAME = ".ccrun-access-check";

/** Returns whether programs can start in `directory`, which takes more than being able to see it. */
async function canEnterDirectory(directory: string): Promise<boolean> {
  try {
    await Deno.stat(`${directory}/${UNUSED_NAME}`);
  } catch (error) {
    return !(error instanceof Deno.errors.PermissionDenied);
  }
  return true;
}
