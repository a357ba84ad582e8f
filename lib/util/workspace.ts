import { canEnterDirectory, describeReadError } from "./file_errors.ts";
import { shellQuote } from "./shell_quote.ts";

/** The reason that no run can work in a directory. */
export interface WorkspaceProblem {
  readonly message: string;
  readonly hint: string;
}

/**
 * Returns the reason that no run can work in `directory`, or undefined if it exists and can be entered.
 *
 * @example
 * ```ts
 * import { workspaceProblem } from "./workspace.ts";
 *
 * const problem = await workspaceProblem("/no/such/directory");
 * console.log(problem?.message); // cannot use the workspace /no/such/directory: it does not exist
 * ```
 */
export async function workspaceProblem(directory: string): Promise<WorkspaceProblem | undefined> {
  const because = (reason: string, hint = "name an existing directory with --cwd") => ({
    message: `cannot use the workspace ${directory}: ${reason}`,
    hint,
  });
  const permissionsHint = `check its permissions: ls -ld ${shellQuote(directory)}`;
  try {
    const { isDirectory } = await Deno.stat(directory);
    if (!isDirectory) return because("it is not a directory");
  } catch (error) {
    const isDenied = error instanceof Deno.errors.PermissionDenied;
    return because(describeReadError(error), isDenied ? permissionsHint : undefined);
  }
  return await canEnterDirectory(directory)
    ? undefined
    : because("permission denied", permissionsHint);
}
