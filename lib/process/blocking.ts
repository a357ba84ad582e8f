import { runShellScript } from "./run_shell.ts";

/** How long what was seen is believed, in milliseconds: to look takes 5. */
const BELIEVED_MS = 1000;

/** O_NONBLOCK, on all processors that Deno runs on under Linux. */
const NONBLOCK = 0o4000;

/** Its parent is this program. */
const SCRIPT = `
while read -r key value; do
  [ "$key" = flags: ] && echo "$value"
done </proc/$PPID/fdinfo/1
`;

/**
 * Makes what tells whether writing to a full stdout waits, as it does unless somebody who has the
 * same pipe wants it otherwise (Node does, for its children, too). Who has it may change its mind, so
 * that it is to be asked before every large write. Where that cannot be known the answer is no.
 */
export function makeBlockingCheck(): () => Promise<boolean> {
  let seen = false;
  let seenAt = -Infinity;
  return async () => {
    if (performance.now() - seenAt < BELIEVED_MS) return seen;
    seen = await looksBlocking();
    seenAt = performance.now();
    return seen;
  };
}

async function looksBlocking(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    const flags = Number.parseInt(await runShellScript(SCRIPT), 8);
    return (flags & NONBLOCK) === 0 && !Number.isNaN(flags);
  } catch {
    return false; // no shell
  }
}
