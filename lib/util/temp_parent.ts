/** Returns the directory for temporary files. */
export function tempParent(): string {
  return Deno.env.get(Deno.build.os === "windows" ? "TEMP" : "TMPDIR") ?? "/tmp";
}
