import { CcrunError } from "../errors.ts";

/**
 * Checks that Deno lets this program read any file. Claude Code and its configuration are in many
 * directories, and a settings file that Deno hides would look like one that does not exist.
 *
 * @throws {CcrunError} `usage` if the permission is missing or partial
 */
export async function checkReadPermission(): Promise<void> {
  const { state, partial } = await Deno.permissions.request({ name: "read" });
  if (state === "granted" && !partial) return;
  throw new CcrunError(
    "usage",
    "cannot find Claude Code and its settings: Deno does not let this program read all files",
    "run Deno with --allow-read, without a list of paths or --deny-read",
  );
}
