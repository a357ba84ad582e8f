import { canEnterDirectory } from "./can_enter_directory.ts";
import { shellQuote } from "./shell_quote.ts";

export async function workspaceProblem(
  directory: string,
): Promise<{ message: string; hint: string } | undefined> {
  if (!await canEnterDirectory(directory)) {
    return {
      message: `cannot enter the workspace ${directory}: permission denied`,
      hint: `see the permissions with: ls -ld ${shellQuote(directory)}`,
    };
  }
  const isDirectory = await Deno.stat(directory).then((info) => info.isDirectory, () => undefined);
  if (isDirectory) return undefined;
  return {
    message: isDirectory === undefined
      ? `the workspace ${directory} does not exist`
      : `the workspace ${directory} is not a directory`,
    hint: "name an existing directory with --cwd",
  };
}
