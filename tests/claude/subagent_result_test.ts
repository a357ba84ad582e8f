import { assertEquals } from "@std/assert";
import { readToolOutput } from "../../lib/claude/subagent_result.ts";
import { Normalizer } from "../../lib/claude/normalizer.ts";
import { createEventFactory } from "../../lib/events.ts";
import { readRecordings } from "../support/recordings.ts";

const NOTES = "agentId: a1 (use SendMessage with to: 'a1' to go on)\n<usage>tool_uses: 2</usage>";

Deno.test("readToolOutput removes the notes for the model from the report of a subagent", () => {
  const hostile = "agentId: a1 (use SendMessage ".repeat(200_000);
  const launch = "Async agent launched successfully.";
  const rows: readonly (readonly [tool: string, text: string, expected: string])[] = [
    ["Agent", `It is done.\n${NOTES}`, "It is done."],
    ["Task", `It is done.\n\nReally.\n${NOTES}`, "It is done.\n\nReally."],
    ["Agent", NOTES, ""],
    ["Agent", `${launch} (never quote this)\nagentId: a1 (internal)`, launch],
    ["Agent", `${NOTES}\nSaid after it.`, `${NOTES}\nSaid after it.`],
    ["Agent", `${hostile}\n${NOTES}`, hostile],
    ["Agent", hostile, hostile],
    ["Bash", `It is done.\n${NOTES}`, `It is done.\n${NOTES}`],
  ];
  for (const [tool, text, expected] of rows) {
    assertEquals(readToolOutput(tool, text), {
      text: expected,
      ...(expected === text ? {} : { content: [text] }),
    });
  }
});

Deno.test("Normalizer emits the report of a subagent without notes, in every recorded version", () => {
  const reports = readRecordings().flatMap(({ name, lines }) => {
    const normalizer = new Normalizer({ createEvent: createEventFactory(() => null) });
    return lines.flatMap((line) => normalizer.read(line))
      .flatMap((event) =>
        event.type === "tool_result" && event.name === "Agent" ? [[name, event.text]] : []
      );
  });
  const background = "Async agent launched successfully.";
  const said = (text = "") =>
    /^Agent terminated early due to|^<tool_use_error>/.test(text) ? "!" : text;
  assertEquals(reports.map(([name, text]) => [name, said(text)]), [
    ["2.1.197-subagent-partial", "sub is done"],
    ["2.1.330-subagent-api-error", "!"],
    ["2.1.330-subagent-background", background],
    ["2.1.330-subagent-denied", "could not"],
    ["2.1.330-subagents-parallel", "two is done"],
    ["2.1.330-subagents-parallel", "one is done"],
    ["2.1.332-agenttool", background],
    ["2.1.332-bgagent", background],
    ["2.1.332-bgagent", background],
    ["2.1.332-bgagent", background],
    ["2.1.332-bgagent", "!"],
  ]);
});
