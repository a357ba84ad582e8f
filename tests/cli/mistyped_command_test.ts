import { parseCommandLine } from "../../lib/cli/args.ts";
import { rejectMistypedCommand } from "../../lib/cli/mistyped_command.ts";
import { assertUsage } from "./usage.ts";

Deno.test("rejectMistypedCommand rejects a single word that is nearly a command, and names both ways on", async () => {
  const cases: [args: string[], word: string, command: string][] = [
    [["sesions"], "sesions", "sessions"],
    [["session"], "session", "sessions"],
    [["docter"], "docter", "doctor"],
    [["Doctor"], "Doctor", "doctor"],
    [["relpay"], "relpay", "replay"],
    [["hlep"], "hlep", "help"],
    [["completion"], "completion", "completions"],
    [["shcema"], "shcema", "schema"],
    [["completion", "bash"], "completion bash", "completions bash"],
    [["hepl", "exit-codes"], "hepl exit-codes", "help exit-codes"],
    // With options, stdin, or options for claude
    [["-C", "dir", "sesions", "--json"], "sesions", "sessions"],
    [["sesions", "-"], "sesions", "sessions"],
    [["sesions", "--", "--betas", "x"], "sesions", "sessions"],
    // The name itself, but not as the first argument
    [["--json", "sessions"], "sessions", "sessions"],
  ];
  for (const [args, word, command] of cases) {
    await assertUsage(
      () => rejectMistypedCommand(parseCommandLine(args)),
      `did you mean ccrun ${command}?`,
      `ccrun run ${word}`,
    );
  }
});

Deno.test("rejectMistypedCommand accepts other prompts", () => {
  const cases = [
    ["hello"],
    ["test"],
    ["fun"],
    ["fix"],
    ["review"],
    ["/cost"],
    ["sesions please"],
    ["sesions", "please"],
    ["-p", "sesions"],
    ["-"],
    [],
    ["--", "sesions"],
  ];
  for (const args of cases) rejectMistypedCommand(parseCommandLine(args));
});
