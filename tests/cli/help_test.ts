import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fullHelp, shortHelp, topicText, versionText } from "../../lib/cli/help.ts";
import { COMMANDS, HELP_TOPICS } from "../../lib/cli/commands.ts";
import { OPTIONS } from "../../lib/cli/options.ts";
import { EVENT_TYPES } from "../../lib/events.ts";
import { eventSchema } from "../../lib/json_schema.ts";
import { EXIT_CODES, EXIT_MEANINGS, EXIT_REASONS } from "../../lib/exit_codes.ts";
import { joinHints, resumeHint, timeoutHint } from "../../lib/run/hints.ts";
import { VERSION } from "../../lib/version.ts";
import { asObject } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";
import { fences, markdownTables } from "../support/readme.ts";

function lists(help: string, spelling: string): boolean {
  return new RegExp(`^ +(-\\w, )?${RegExp.escape(spelling)}( |\\[=|$)`, "m").test(help);
}

Deno.test("fullHelp lists every option of a command and no other", () => {
  for (const command of COMMANDS) {
    const help = fullHelp(command);
    for (const { name, short, isNegatable, commands } of OPTIONS) {
      const spelling = isNegatable ? `--[no-]${name}` : `--${name}`;
      assertEquals(lists(help, spelling), commands.includes(command), `${command}: ${spelling}`);
      if (short !== undefined && commands.includes(command)) {
        assert(help.includes(`-${short}, --${name}`), short);
      }
    }
  }
});

Deno.test("fullHelp names the variable of each option", () => {
  const help = fullHelp("run");
  for (const { variable } of OPTIONS) {
    if (variable !== undefined) assert(help.includes(`[${variable}]`), variable);
  }
});

Deno.test("fullHelp of run lists the commands, the topics and the exit codes", () => {
  const help = fullHelp("run");
  for (const command of COMMANDS) assert(lists(help, command), command);
  for (const topic of HELP_TOPICS) assert(help.includes(topic), topic);
  for (const reason of EXIT_REASONS) {
    const row = new RegExp(`^ +${EXIT_CODES[reason]}  ${reason} +\\S`, "m");
    assert(row.test(help), reason);
  }
});

Deno.test("fullHelp of run has examples with options that exist", () => {
  const [, examples = ""] = fullHelp("run").split("Examples:");
  const used = [...examples.matchAll(/(?<=ccrun .*)--([a-z][a-z-]+)/g)].map(([, name]) => name);
  assert(used.length > 0);
  for (const name of used) assert(OPTIONS.some((option) => option.name === name), name);
});

Deno.test("shortHelp fits on a screen of 30 lines and names --help", () => {
  for (const command of COMMANDS) {
    const help = shortHelp(command);
    assert(help.trimEnd().split("\n").length <= 30, help);
    assert(help.includes("--help for all options, ccrun help TOPIC"), help);
  }
});

Deno.test("shortHelp of run lists the commands and the most used options", () => {
  const help = shortHelp("run");
  for (const command of COMMANDS) assert(lists(help, command), command);
  for (const name of ["prompt", "quiet", "json", "output", "resume", "cwd", "model"]) {
    assert(lists(help, `--${name}`), name);
  }
});

Deno.test("fullHelp and shortHelp fit 80 columns and end with one newline", () => {
  for (const help of COMMANDS.flatMap((command) => [fullHelp(command), shortHelp(command)])) {
    assert(help.startsWith("Usage: ccrun "), help);
    assert(help.endsWith("\n") && !help.endsWith("\n\n"), help);
    for (const line of help.split("\n")) {
      assert(line.length <= 80 && !line.endsWith(" "), line);
    }
  }
});

Deno.test("topicText returns the Markdown file, or plain text that fits 80 columns", async () => {
  for (const topic of HELP_TOPICS) {
    const markdown = topicText(topic, { markdown: true });
    assertEquals(markdown, await Deno.readTextFile(`${REPOSITORY}/lib/cli/help/${topic}.md`));
    const text = topicText(topic, { markdown: false });
    // Code keeps its lines, indented by four blanks.
    const wrapped = text.split("\n").filter((line) => !line.startsWith("    "));
    for (const line of wrapped) assert(line.length <= 80, line);
    assert(!/^#|^\||```|\]\(/m.test(wrapped.join("\n")), topic);
  }
});

Deno.test("the topic exit-codes has the codes, reasons and meanings of the code", () => {
  const [table = []] = markdownTables(topicText("exit-codes", { markdown: true }));
  const expected = EXIT_REASONS.map((reason) => [
    String(EXIT_CODES[reason]),
    reason,
    EXIT_MEANINGS[reason],
  ]);
  assertEquals(table.map((row) => row.map((cell) => cell.replaceAll("`", ""))), expected);
});

Deno.test("the topic environment has the variable of each option", () => {
  const [table = []] = markdownTables(topicText("environment", { markdown: true }));
  const expected = OPTIONS.flatMap(({ variable, name }) =>
    variable ? [[`\`${variable}\``, `\`--${name}\``]] : []
  );
  assertEquals(table, expected);
});

Deno.test("the topic events has every type of event, with fields that exist", () => {
  const [table = []] = markdownTables(topicText("events", { markdown: true }));
  assertEquals(table.map(([type]) => type), EVENT_TYPES.map((type) => `\`${type}\``));
  const definitions = asObject(eventSchema()["$defs"]);
  for (const [type = "", when = ""] of table) {
    const { properties } = asObject(definitions[type.replaceAll("`", "")]);
    for (const [, field = ""] of when.matchAll(/`([a-z_]+)(?:\.\w+)?`/g)) {
      assert(Object.hasOwn(properties as object, field), `${type}: ${field}`);
    }
  }
});

Deno.test("the topic cleanup shows the hint of a timeout", () => {
  const hint = joinHints(
    timeoutHint("idle timeout", true),
    resumeHint("ccrun --resume 611cf45e-..."),
  );
  assertStringIncludes(topicText("cleanup", { markdown: true }), `       ${hint}\n`);
});

Deno.test("the topics name only options that exist, and link to files that exist", async () => {
  for (const topic of HELP_TOPICS) {
    const markdown = topicText(topic, { markdown: true });
    for (const [, file] of markdown.matchAll(/\]\((?!http)([^)#]+)\)/g)) {
      await Deno.stat(`${REPOSITORY}/lib/cli/help/${file}`);
    }
    // Blocks of shell and YAML call other programs, too.
    const prose = ["sh", "yaml", "console"].flatMap((language) => fences(markdown, language))
      .reduce((text, block) => text.replace(block, ""), markdown);
    for (const [, name = ""] of prose.matchAll(/`--(?:no-)?([a-z][a-z-]*)/g)) {
      const exists = OPTIONS.some((option) => option.name === name || `no-${option.name}` === name);
      assert(exists, `${topic}: --${name}`);
    }
  }
});

Deno.test("versionText is the version, in a line", () => {
  assertEquals(versionText(), `ccrun ${VERSION}\n`);
  assert(/^\d+\.\d+\.\d+/.test(VERSION));
});

Deno.test("fullHelp names the choices of each option", () => {
  for (const command of COMMANDS) {
    const help = fullHelp(command);
    for (const { choices = [] } of OPTIONS.filter(({ commands }) => commands.includes(command))) {
      for (const choice of choices) assert(help.includes(choice), `${command}: ${choice}`);
    }
  }
});
