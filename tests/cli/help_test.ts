import { assert, assertEquals } from "@std/assert";
import { helpText, versionText } from "../../lib/cli/help.ts";
import { COMMANDS, OPTIONS, RESERVED_COMMANDS } from "../../lib/cli/options.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { VERSION } from "../../lib/version.ts";

Deno.test("helpText names every option of a command, and no other", () => {
  for (const command of COMMANDS) {
    const help = helpText(command);
    for (const { name, short, isNegatable, commands } of OPTIONS) {
      const spelling = isNegatable ? `--[no-]${name}` : `--${name}`;
      const isThere = new RegExp(`^ +(-\\w, )?${RegExp.escape(spelling)}( |$)`, "m").test(help);
      assertEquals(isThere, commands.includes(command), `${command}: ${spelling}`);
      if (short !== undefined && isThere) assert(help.includes(`-${short}, --`), short);
    }
  }
});

Deno.test("helpText fits a terminal of 80 columns, for every command", () => {
  for (const command of COMMANDS) {
    for (const line of helpText(command).split("\n")) assert(line.length <= 80, line);
  }
});

Deno.test("helpText names the variable of an option", () => {
  const help = helpText("run");
  for (const { env } of OPTIONS) {
    if (env !== undefined) assert(help.includes(`[${env}]`), env);
  }
});

Deno.test("helpText of run names every command, every exit code, and nothing that is not there yet", () => {
  const help = helpText("run");
  for (const command of COMMANDS) assert(new RegExp(`^  ${command}\\b`, "m").test(help), command);
  for (const [reason, code] of Object.entries(EXIT_CODES)) {
    assert(new RegExp(`^ +${code}  ${reason}  +\\S`, "m").test(help), reason);
  }
  for (const command of RESERVED_COMMANDS) {
    assert(!new RegExp(`^  ${command}\\b`, "m").test(help), command);
  }
});

Deno.test("helpText of run and replay has a heading for CI, and of no other command", () => {
  for (const command of COMMANDS) {
    const [, pipelines] = /\nCI:\n(.*?)\n\n/s.exec(helpText(command)) ?? [];
    assertEquals(pipelines !== undefined, command === "run" || command === "replay", command);
    if (pipelines === undefined) continue;
    for (const option of ["--ci SYSTEM", "--summary FILE", "--[no-]redact"]) {
      assert(pipelines.includes(option), option);
    }
  }
});

Deno.test("helpText of run has a heading for timeouts and cleanup", () => {
  const [, section = ""] = /\nTimeouts and cleanup:\n(.*?)\n\nCI:\n/s.exec(helpText("run")) ?? [];
  for (const option of ["--timeout D", "--idle-timeout D", "--grace D", "--[no-]isolate"]) {
    assert(section.includes(option), option);
  }
});

Deno.test("helpText keeps options and exit codes within 80 columns", () => {
  const [, listed = ""] = /\n(Prompt:\n.*)\nExamples:/s.exec(helpText("run")) ?? [];
  assert(listed.includes("\nExit codes:\n"), listed);
  for (const line of listed.split("\n")) assert(line.length <= 80, line);
  // Each code has a line of its own.
  for (const line of listed.split("\nExit codes:\n")[1]?.trimEnd().split("\n") ?? []) {
    assert(/^ {2,}\d+ {2}\w+ {2,}\S/.test(line), line);
  }
});

Deno.test("helpText begins with how the command is used, and ends with a newline", () => {
  for (const command of COMMANDS) {
    const help = helpText(command);
    assert(help.startsWith("Usage: ccrun "), command);
    assert(help.endsWith("\n") && !help.endsWith("\n\n"), command);
    assert(!/[ \t]$/m.test(help), `${command}: no spaces at the ends of lines`);
  }
});

Deno.test("helpText gives examples whose options exist", () => {
  const examples = helpText("run").split("Examples:")[1] ?? "";
  const used = [...examples.matchAll(/(?<=ccrun .*)--([a-z][a-z-]+)/g)].map(([, name]) =>
    name ?? ""
  );
  assert(used.length > 0);
  for (const name of used) assert(OPTIONS.some((option) => option.name === name), name);
});

Deno.test("versionText is the version, in a line", () => {
  assertEquals(versionText(), `ccrun ${VERSION}\n`);
  assert(/^\d+\.\d+\.\d+/.test(VERSION));
});
