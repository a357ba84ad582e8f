/** Returns the directory for temporary files. An empty variable is the same as none. */
export function tempParent(): string {
  return Deno.env.get(Deno.build.os === "windows" ? "TEMP" : "TMPDIR") || "/tmp";
}
