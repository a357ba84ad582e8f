import { assert, assertEquals } from "@std/assert";
import { COMMAND_CONTEXTS } from "../../../lib/cli/completions/spec.ts";
import { completionsText } from "../../../lib/cli/commands/completions.ts";
import { fullHelp } from "../../../lib/cli/help.ts";
import { COMMANDS, HELP_TOPICS, SHELLS } from "../../../lib/cli/commands.ts";
import { OPTIONS, withDashes } from "../../../lib/cli/options.ts";
import { parseCommandLine } from "../../../lib/cli/args.ts";
import { assertUsage } from "../usage.ts";

Deno.test("completionsText rejects everything but one known shell", async () => {
  for (const shells of [[], ["tcsh"], ["bash", "zsh"], ["Bash"], [""], ["constructor"]]) {
    await assertUsage(() => completionsText(shells), ...SHELLS);
  }
  await assertUsage(() => completionsText(["tcsh"]), "tcsh");
});

Deno.test("completionsText contains every command, topic, option, and choice", () => {
  for (const shell of SHELLS) {
    const script = completionsText([shell]);
    const has = (word: string) => {
      const isThere = new RegExp(`(?<![\\w-])${RegExp.escape(word)}(?![\\w-])`).test(script);
      assert(isThere, `${shell}: ${word}`);
    };
    [...COMMANDS, ...HELP_TOPICS].forEach(has);
    for (const spec of OPTIONS) {
      const { name, short = [], aliases = [], isNegatable, choices, suggestions } = spec;
      for (const spelling of [name, short, aliases, isNegatable ? `no-${name}` : []].flat()) {
        const fish = spelling.length === 1 ? `-s ${spelling}` : `-l ${spelling}`;
        has(shell === "fish" ? fish : withDashes(spelling));
      }
      for (const value of choices ?? suggestions ?? []) has(value);
    }
    assert(script.endsWith("\n") && !/[ \t]$/m.test(script), shell);
  }
});

Deno.test("completionsText describes each option in zsh and fish", () => {
  for (const { help } of OPTIONS) {
    const fish = help.replace(/[\\']/g, "\\$&");
    assert(completionsText(["fish"]).includes(fish), help);
    const zsh = help.replace(/[\\[\]:]/g, "\\$&").replaceAll("'", `'\\''`);
    assert(completionsText(["zsh"]).includes(zsh), help);
  }
});

Deno.test("COMMAND_CONTEXTS offers exactly the options that a command accepts", () => {
  for (const { name, options } of COMMAND_CONTEXTS) {
    for (const { spellings, value } of options) {
      for (const spelling of spellings) {
        const args = [name, spelling, ...(value === undefined ? [] : ["x"])];
        assertEquals(parseCommandLine(args).options.size, 1, args.join(" "));
      }
    }
    const own = OPTIONS.filter(({ commands }) => commands.some((command) => command === name));
    const negated = own.filter(({ isNegatable }) => isNegatable);
    assertEquals(options.length, own.length + negated.length, name);
  }
});

Deno.test("COMMAND_CONTEXTS completes each value by its kind", () => {
  const kinds: { [option: string]: unknown } = {};
  for (const { spellings, value } of COMMAND_CONTEXTS.flatMap(({ options }) => options)) {
    if (value !== undefined) kinds[spellings[0] ?? ""] = value.completion;
  }
  const of = (kind: string) => Object.keys(kinds).filter((name) => kinds[name] === kind).sort();
  assertEquals(of("dir"), ["--add-dir", "--allow-cwd", "--logs", "--plans-dir", "--plugin-dir"]);
  assertEquals(of("workspace"), ["--cwd"]);
  assertEquals(of("session"), ["--resume"]);
  const sources = COMMAND_CONTEXTS.filter(({ argument }) => argument?.completion === "source");
  assertEquals(sources.map(({ name }) => name), ["replay"]);
  const files = of("file");
  for (
    const name of ["--claude", "--image", "--mcp-config", "--output", "--prompt-file", "--record"]
  ) {
    assert(files.includes(name), name);
  }
  assertEquals(
    kinds["--permission-mode"],
    OPTIONS.find(({ name }) => name === "permission-mode")?.choices,
  );
  assertEquals(kinds["--prompt"], "text");
});

Deno.test("fullHelp of completions shows how to install them in each shell", () => {
  for (const shell of SHELLS) {
    assert(fullHelp("completions").includes(`ccrun completions ${shell}`), shell);
  }
});
