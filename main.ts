import { main } from "./lib/cli/main.ts";

// With Deno.exitCode, a pending read of stdin would keep ccrun alive.
if (import.meta.main) Deno.exit(await main(Deno.args));
