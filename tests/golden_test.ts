/**
 * Compares each recorded stream in each format with a reviewed file.
 *
 * After an intended change, update the files and review the difference:
 *
 *     CCRUN_UPDATE_GOLDEN=1 deno test -A tests/golden_test.ts; git diff tests/golden
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { escapeMarkdown } from "../lib/render/markdown/escape.ts";
import { createSummary } from "../lib/ci/summary.ts";
import { sessionIdIn } from "../lib/claude/session_id.ts";
import type { RunEvent } from "../lib/events.ts";
import { createMarkdownRenderer } from "../lib/render/markdown/renderer.ts";
import { createTextRenderer } from "../lib/render/text.ts";
import { createJsonRenderer } from "../lib/render/json.ts";
import type { Renderer } from "../lib/render/renderer.ts";
import { createProblemsRenderer } from "../lib/render/problems.ts";
import { createProgressRenderer } from "../lib/render/pretty/progress.ts";
import { createRawRenderer } from "../lib/render/raw.ts";
import type { BufferedWriter } from "../lib/terminal/buffered_writer.ts";
import { createStyles } from "../lib/terminal/styles.ts";
import { createTerminal } from "../lib/terminal/terminal.ts";
import { replay } from "../lib/run/replay.ts";
import { VERSION } from "../lib/version.ts";
import { assertEvents } from "./support/event_schema.ts";
import { makeKept } from "./support/kept_writer.ts";
import { REPOSITORY } from "./support/paths.ts";
import { readRecordings, type Recording } from "./support/recordings.ts";

const GOLDEN = `${REPOSITORY}/tests/golden`;
const isUpdating = Deno.env.get("CCRUN_UPDATE_GOLDEN") === "1";

/** A format. */
interface Rendering {
  /** The end of the names of its files, before `.txt`. */
  readonly name: string;
  /** Returns the text that is compared. */
  render(recording: Recording, events: readonly RunEvent[]): Promise<string>;
}

/** Returns what a renderer writes for these events. */
async function written(
  events: readonly RunEvent[],
  make: (sink: BufferedWriter) => Renderer,
): Promise<string> {
  const kept = makeKept();
  const output = make(kept.sink);
  for (const event of events) output.event(event);
  return await kept.text();
}

const PRETTY: Rendering = { name: "pretty", render: (_, events) => renderPretty(events) };

/** The formats of most recordings. */
const ALL_RENDERINGS: readonly Rendering[] = [
  { name: "json", render: (_, events) => written(events, createJsonRenderer) },
  { name: "text", render: (_, events) => renderText(events) },
  { name: "raw", render: (recording, events) => renderRaw(recording, events) },
  PRETTY,
];

/** The formats for people, of recordings that show a situation each. */
const PAGE_RENDERINGS: readonly Rendering[] = [
  PRETTY,
  { name: "summary", render: (_, events) => Promise.resolve(renderSummary(events)) },
];

/** The recordings that are compared as Markdown. */
const MARKDOWN_RECORDINGS: readonly string[] = [
  "2.1.197-api-529-recovers",
  "2.1.197-planning",
  "2.1.330-subagent-denied",
];

const MARKDOWN: Rendering = {
  name: "markdown",
  render: (_, events) => written(events, (sink) => createMarkdownRenderer(sink)),
};

/** Returns the formats in which a recording is compared. */
function renderingsOf({ name }: Recording): readonly Rendering[] {
  const renderings = name.startsWith("2.1.332-") ? PAGE_RENDERINGS : ALL_RENDERINGS;
  return MARKDOWN_RECORDINGS.includes(name) ? [...renderings, MARKDOWN] : renderings;
}

/** Returns the page of the run. */
function renderSummary(events: readonly RunEvent[]): string {
  const summary = createSummary("/home/dev");
  for (const event of events) summary.event(event);
  return summary.markdown();
}

/** Returns stdout and stderr of the text format. */
async function renderText(events: readonly RunEvent[]): Promise<string> {
  const stdout = await written(events, (sink) => createTextRenderer(sink));
  const stderr = await written(events, (sink) => createProblemsRenderer(sink, createStyles(false)));
  const exit = events.at(-1);
  assert(exit?.type === "exit");
  return `--- stdout\n${stdout}--- stderr\n${stderr}--- exit code ${exit.code}\n`;
}

/** The destinations of pretty: a log, and terminals from narrow to wide. */
const PLACES: readonly {
  readonly name: string;
  readonly columns?: number;
  readonly color: boolean;
}[] = [
  { name: "a log", color: false },
  { name: "a log with colors", color: true },
  { name: "40 columns", columns: 40, color: false },
  { name: "80 columns", columns: 80, color: false },
  { name: "80 columns with colors", columns: 80, color: true },
  { name: "200 columns", columns: 200, color: false },
];

/** Returns stderr of the pretty format. On a terminal it includes the answer. */
async function renderPretty(events: readonly RunEvent[]): Promise<string> {
  const shown = PLACES.map(async ({ name, columns, color }) => {
    const isTerminal = columns !== undefined;
    const terminal = createTerminal({
      isTerminal,
      columns: () => columns,
      color,
      term: "dumb", // without a live line
    });
    const text = await written(
      events,
      (sink) =>
        createProgressRenderer(sink, terminal, {
          isAnswerElsewhere: !isTerminal,
          home: "/home/dev",
        }),
    );
    // Makes escape sequences visible.
    return `=== ${name}\n${text.replaceAll("\x1b", "␛")}`;
  });
  return (await Promise.all(shown)).join("\n");
}

/** Returns the raw format. The unchanged lines of the recording are replaced by their numbers. */
async function renderRaw(recording: Recording, events: readonly RunEvent[]): Promise<string> {
  const kept = makeKept();
  const output = createRawRenderer(kept.sink, sessionIdIn);
  const [start, ...others] = events;
  assert(start !== undefined);
  output.event(start);
  output.writeBytes(recording.bytes);
  for (const event of others) output.event(event);
  const shown: string[] = [];
  let [first, next] = [0, 0];
  const showNumbers = () => {
    if (next > first) shown.push(`(lines ${first + 1} to ${next} of the recording)`);
    first = next;
  };
  for (const line of (await kept.text()).split("\n")) {
    if (line === recording.lines[next]) {
      next++;
    } else {
      showNumbers();
      shown.push(line);
    }
  }
  assertEquals(first, recording.lines.length, "every line of the recording is there");
  return shown.join("\n");
}

/** Replaces the version of ccrun, which changes with each release. */
function withoutVersion(text: string): string {
  return text
    .replaceAll(`"ccrun":"${VERSION}"`, '"ccrun":"VERSION"')
    .replaceAll(`ccrun ${escapeMarkdown(VERSION)}`, "ccrun VERSION");
}

async function compare(file: string, text: string): Promise<void> {
  const path = `${GOLDEN}/${file}`;
  if (isUpdating) {
    await Deno.mkdir(GOLDEN, { recursive: true });
    await Deno.writeTextFile(path, text);
    return;
  }
  const golden = await Deno.readTextFile(path).catch(() => "(this file does not exist)");
  assertEquals(text, golden, `${file} differs; if that is intended, see the top of this test`);
}

const recordings = readRecordings();

for (const recording of recordings) {
  for (const { name, render } of renderingsOf(recording)) {
    Deno.test(`${recording.name} as ${name} matches its golden file`, async () => {
      const events = await Array.fromAsync(replay(new Blob([recording.bytes]).stream()));
      assertEvents(events);
      const text = withoutVersion(await render(recording, events));
      await compare(`${recording.name}.${name}.txt`, text);
    });
  }
}

Deno.test("every golden file belongs to a recording and a format", () => {
  const expected = recordings.flatMap((recording) =>
    renderingsOf(recording).map((rendering) => `${recording.name}.${rendering.name}.txt`)
  );
  const found = [...Deno.readDirSync(GOLDEN)].map(({ name }) => name);
  assertEquals(found.filter((name) => !expected.includes(name)), []);
});
