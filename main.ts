import { main } from "./lib/cli/main.ts";

// Not Deno.exitCode: a read of stdin that nobody waits for must not keep ccrun alive.
if (import.meta.main) Deno.exit(await main(Deno.args));
