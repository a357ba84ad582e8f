/** Writes the file, which never is open for writing in more than this one process. */
const SCRIPT = 'cat >"$1" && chmod 755 "$1"';

/**
 * Writes an executable, by a process of its own: a file cannot be started while anybody has it open
 * for writing, and what another test file starts meanwhile, in this same process, has for a moment
 * open what this process has.
 */
export async function writeExecutable(path: string, content: string | Uint8Array): Promise<void> {
  const process = new Deno.Command("/bin/sh", {
    args: ["-c", SCRIPT, "sh", path],
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(typeof content === "string" ? new TextEncoder().encode(content) : content);
  await writer.close();
  const { success } = await process.status;
  if (!success) throw new Error(`cannot write ${path}`);
}
