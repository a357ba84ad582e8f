import { assertEquals } from "@std/assert";
import { subagentResult } from "../../lib/claude/subagent_result.ts";
import { Normalizer } from "../../lib/claude/normalizer.ts";
import { createEventFactory } from "../../lib/events.ts";
import { readRecordings } from "../support/recordings.ts";

const NOTES = "agentId: a1 (use SendMessage with to: 'a1' to go on)\n<usage>tool_uses: 2</usage>";

Deno.test("subagentResult removes what 2.1.197 adds below a report", () => {
  assertEquals(subagentResult("Agent", `It is done.\n${NOTES}`), "It is done.");
  assertEquals(
    subagentResult("Task", `It is done.\n\nReally.\n${NOTES}`),
    "It is done.\n\nReally.",
  );
  assertEquals(subagentResult("Agent", NOTES), "");
});

Deno.test("subagentResult ignores a report without notes, and other tools", () => {
  assertEquals(subagentResult("Agent", "It is done."), undefined);
  assertEquals(subagentResult("Agent", ""), undefined);
  assertEquals(subagentResult("Bash", `It is done.\n${NOTES}`), undefined);
  assertEquals(subagentResult("Agent", `${NOTES}\nSaid after it.`), undefined);
});

Deno.test("subagentResult shortens the result of a background launch", () => {
  const launched = "Async agent launched successfully. (never quote this)\nagentId: a1 (internal)";
  assertEquals(subagentResult("Agent", launched), "Async agent launched successfully.");
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
    text.startsWith("Agent terminated early due to an API error") ? "!" : text;
  assertEquals(reports.map(([name, text]) => [name, said(text)]), [
    ["2.1.197-subagent-partial", "sub is done"],
    ["2.1.330-subagent-api-error", "!"],
    ["2.1.330-subagent-background", background],
    ["2.1.330-subagent-denied", "could not"],
    ["2.1.330-subagents-parallel", "two is done"],
    ["2.1.330-subagents-parallel", "one is done"],
  ]);
});
