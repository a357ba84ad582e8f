const SCRIPT = 'cat >"$1" && chmod 755 "$1"';

/**
 * Writes an executable in another process. A file cannot be executed while it is open for writing, and a
 * process that another test file starts meanwhile inherits the open files of this process for a moment.
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
