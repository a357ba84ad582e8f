import { assertEquals } from "@std/assert";
import { EXIT_CODES, EXIT_REASONS, FAILURE_REASONS, SIGNAL_REASONS } from "../lib/exit_codes.ts";

Deno.test("EXIT_CODES is what scripts rely on", () => {
  assertEquals(EXIT_CODES, {
    success: 0,
    failed: 1,
    usage: 2,
    auth: 3,
    api: 4,
    limit: 5,
    output: 6,
    denied: 7,
    quota: 8,
    refused: 9,
    internal: 70,
    timeout: 124,
    not_executable: 126,
    not_found: 127,
    hangup: 129,
    interrupt: 130,
    quit: 131,
    pipe: 141,
    terminate: 143,
  });
});

Deno.test("every reason has an exit code of its own", () => {
  assertEquals(new Set(Object.values(EXIT_CODES)).size, EXIT_REASONS.length);
  assertEquals([...EXIT_REASONS].filter((reason) => reason !== "success"), [...FAILURE_REASONS]);
});

Deno.test("the exit code of a signal is 128 plus its number", () => {
  const numbers = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGTERM: 15 } as const;
  const codes = Object.entries(SIGNAL_REASONS).map(([signal, reason]) => [
    signal,
    EXIT_CODES[reason] - 128,
  ]);
  assertEquals(Object.fromEntries(codes), numbers);
});
