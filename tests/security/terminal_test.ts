/**
 * Attacks on the reader of a terminal or a log: invisible text, escape sequences, and lines of megabytes, from
 * claude, its tools, recordings, sessions and file names.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createEventFactory, type EventBody, type EventType } from "../../lib/events.ts";
import { createJsonRenderer } from "../../lib/render/json.ts";
import { createProblemsRenderer } from "../../lib/render/problems.ts";
import { createProgressRenderer } from "../../lib/render/pretty/progress.ts";
import type { Renderer } from "../../lib/render/renderer.ts";
import { createResultRenderer } from "../../lib/render/result.ts";
import { createTextRenderer } from "../../lib/render/text.ts";
import type { BufferedWriter } from "../../lib/terminal/buffered_writer.ts";
import { sanitize } from "../../lib/terminal/sanitize.ts";
import { createTerminal } from "../../lib/terminal/terminal.ts";
import { withFake } from "../e2e/fake_scene.ts";
import { inTerminal, TERMINAL } from "../e2e/in_terminal.ts";
import {
  initLine,
  messageLine,
  resultLine,
  streamedLines,
  streamedTextLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { hostileRun } from "../support/hostile_run.ts";
import { makeKeptSink } from "../support/kept_writer.ts";
import { makeRandom } from "../support/random.ts";
import { answer, delta, exit, result, startRun, text, use } from "../support/rendered_run.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { makeScreen } from "../support/screen.ts";
import { runCcrun } from "../support/ccrun.ts";
import { userLine, writeSession } from "../support/session_files.ts";
import { testWith } from "../support/test_with.ts";

/** Invisible characters that no emoji or letter beside them needs. */
const HIDDEN =
  "\u200b\u200c\u200d\u200e\u200f\u2060\u2064\ufeff\u00ad\u061c\u180e\ufe0f\ufff9\ufffb" +
  "\u115f\u1160\u3164\uffa0\u034f\u202e\u2066\u2028\u{e0001}\u{e0041}\u{e007f}\u{e0100}";

/** Escape sequences, C1 controls, and other controls. */
const CONTROLS =
  "\x1b]52;c;aGk=\x07\x1b]0;title\x1b\\\x1b[2J\x1bc\x9b2J\x90x\x9c\x1b[?1049h\b\x7f\x0e\rx";

const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2028\u2029]/u;

/** The colors of ccrun, and the sequences that repaint the last rows. */
// deno-lint-ignore no-control-regex -- the pattern matches sequences
const OWN_SEQUENCE = /\x1b\[(?:(?:1|2|22|31|32|33|36|39)m|\d+A|J)/g;

/** Fails at an invisible character, and at a control character or sequence that ccrun does not write. */
function assertVisible(output: string): void {
  const rest = output.replaceAll(OWN_SEQUENCE, "");
  for (const pattern of [INVISIBLE, /[^\P{Cc}\n\r\t]/u]) {
    const { index = -1 } = pattern.exec(rest) ?? {};
    assertEquals(index, -1, JSON.stringify(rest.slice(index - 100, index + 10)));
  }
}

type Make = (sink: BufferedWriter) => Renderer;

const LIVE = createTerminal({ isTerminal: true, color: true, columns: () => 80, term: "xterm" });
const DUMB = createTerminal({ isTerminal: true, color: true, columns: () => 80, term: "dumb" });
const PIPE = createTerminal({ isTerminal: false, color: false });

const repeat = () => () => {};

/** The outputs that a person reads, and those for programs, which escape. */
const OUTPUTS: Readonly<Record<string, Make>> = {
  live: (sink) => createProgressRenderer(sink, LIVE, { isAnswerElsewhere: false, repeat }),
  dumb: (sink) => createProgressRenderer(sink, DUMB, { isAnswerElsewhere: false, repeat }),
  pipe: (sink) => createProgressRenderer(sink, PIPE, { isAnswerElsewhere: false, repeat }),
  withheld: (sink) => createProgressRenderer(sink, PIPE, { isAnswerElsewhere: true, repeat }),
  problems: (sink) => createProblemsRenderer(sink, PIPE.styles),
  text: (sink) => createTextRenderer(sink, { sanitize }),
  json: createJsonRenderer,
  result: createResultRenderer,
};

/** Returns what an output prints of events. */
function printed(make: Make, bodies: readonly EventBody[]): string {
  const sink = makeKeptSink();
  const renderer = make(sink);
  const stamp = createEventFactory(() => null);
  for (const body of bodies) renderer.event(stamp<EventType>(body));
  return sink.text();
}

/** Returns the events of runs with a text in every foreign field, one that fails and one that succeeds. */
function runsWith(evil: string): EventBody[][] {
  const failed = hostileRun(evil);
  return [failed, [...failed.slice(0, -3), text(evil), answer(evil), exit({ session_id: evil })]];
}

Deno.test("hidden text and control sequences in every field are visible in every output", () => {
  for (const evil of [HIDDEN, CONTROLS, `a${[...HIDDEN].join("b")}`]) {
    for (const run of runsWith(evil)) {
      for (const make of Object.values(OUTPUTS)) assertVisible(printed(make, run));
    }
  }
});

Deno.test("any combination of hidden text and controls is visible in every output", () => {
  const fragments = [...HIDDEN, ...CONTROLS, "\x1b[31m", "\ud83d", "\ude00", "é"];
  const plain = ["a", " ", "\n", "\t", "\r\n", "**", "`", "```\n", "- ", "漢字", "e\u0301"];
  const random = makeRandom(17);
  for (let n = 0; n < 40; n++) {
    const parts = Array.from(
      { length: 1 + random.below(12) },
      () => random.pick(random.below(2) === 0 ? fragments : plain),
    );
    const [name = "", make] = random.pick(Object.entries(OUTPUTS));
    for (const run of runsWith(parts.join(""))) {
      const output = printed(make ?? createJsonRenderer, run);
      assertVisible(output);
      if (name !== "live" && name !== "dumb") continue;
      const screen = makeScreen(80);
      screen.write(output);
      assert(screen.widest <= 80, `${screen.widest} columns of ${JSON.stringify(parts)}`);
    }
  }
});

Deno.test("hidden text in pieces that split its characters is visible", () => {
  const run = startRun({ columns: undefined });
  const letters = `pass${HIDDEN}word`.split("");
  for (const letter of letters) run.give(delta(letter));
  run.give(answer("x"));
  assertVisible(run.text());
  assertStringIncludes(run.text(), "pass<U+200B><U+200C>");
  assertStringIncludes(run.text(), "<U+E0041>");
});

Deno.test("emoji and Persian, Indic and Khmer letters stay readable in every output", () => {
  const honest = "👩🏽‍❤️‍💋‍👨🏼 1️⃣ ❤️ 🏳️‍🌈 می‌خواهم क्‍ष ශ්‍රී ന്‍ " +
    "ភាសា\u200bខ្មែរ ภาษา\u200bไทย";
  const run = [...runsWith("x")[1] ?? [], text(honest), answer(honest), exit()];
  for (const [name, make] of Object.entries(OUTPUTS)) {
    // The problems of a good run do not contain its answer.
    if (name === "problems" || name === "withheld") continue;
    const output = printed(make, run);
    for (const word of honest.split(" ")) assertStringIncludes(output, word, name);
  }
});

/** A long line, with something at each place where it may be cut. */
const LONG = "\x1b[31m😀\u200b\u{e0041}ab".repeat(5_000);

/** The longest line of progress. Advice may be longer than other lines. */
const MAX_LINE = 4_100;
const MAX_ADVICE = 16_100;

Deno.test("a very long line in any field is cut in every output for people", () => {
  for (const long of [LONG, "x".repeat(60_000)]) {
    for (const run of runsWith(long)) {
      for (const name of ["pipe", "withheld", "problems"] as const) {
        const output = printed(OUTPUTS[name] ?? createJsonRenderer, run);
        assert(output.isWellFormed(), name);
        const lines = output.split("\n").map((line) => line.length).sort((a, b) => b - a);
        assert((lines[0] ?? 0) <= MAX_ADVICE, `${name}: ${lines[0]}`);
        assert(lines.filter((length) => length > MAX_LINE).length <= 3, `${name}: ${lines}`);
      }
    }
  }
});

Deno.test("a line of three megabytes of a tool is cut on a terminal", () => {
  const huge = LONG.repeat(60);
  const run = startRun({ columns: 80, live: true });
  run.give(use("1", huge, { command: huge, file_path: huge }));
  run.give(result("1", `${huge}\n${huge}`, { is_error: true }));
  run.give(use("2", "Write", { file_path: huge, content: huge }));
  run.give(result("2", huge, { name: "Write" }));
  assert(run.text().length < 10_000, `${run.text().length}`);
});

Deno.test("a very long answer on a terminal is complete and wrapped", () => {
  const line = "word ".repeat(60_000).trim();
  const run = startRun({ columns: 80, live: true });
  for (let at = 0; at < line.length; at += 3_000) run.give(delta(line.slice(at, at + 3_000)));
  run.give(text(line));
  run.give(answer(line));
  run.give(exit());
  const rows = run.lines().filter((row) => row.startsWith("word"));
  assert(rows.every((row) => row.length < 80));
  assert(rows.join(" ") === line, rows.slice(-5).join("\n"));
  assert(run.progress.hasShown(line));
});

Deno.test("ccrun cuts a line of three megabytes in the progress, and prints the answer exactly", async () => {
  const answerText = `The end. ${"y".repeat(3_000_000)}`;
  // The shell makes the lines, which are too long for its arguments.
  const body = `y() { head -c 3000000 /dev/zero | tr '\\0' y; }
    fill() { while IFS= read -r line; do
      case "$line" in *FILL*) printf '%s' "\${line%%FILL*}"; y; printf '%s\\n' "\${line#*FILL}";;
      *) printf '%s\\n' "$line";; esac; done; }
    { y; echo; } >&2
    fill <<'END'
${
    [
      initLine(),
      ...streamedLines(["begin ", "FILL", " end"]),
      streamedTextLine("begin FILL end"),
      toolUseLine({ id: "toolu_1", name: "Bash", input: { command: "FILL" } }),
      toolResultLine({ id: "toolu_1", content: "FILL", isError: true }),
      messageLine({ type: "system", subtype: "informational", content: "FILL", level: "warning" }),
      textLine("The end. FILL"),
      resultLine({ result: "The end. FILL" }),
    ].join("\n")
  }
END
`;
  await withFake(body, async ({ run }) => {
    for (const options of [[], ["--partial"], ["-q"]]) {
      const { code, stdout, stderr } = await run([...options, "hi"]);
      assertEquals(code, 0, stderr.slice(0, 1_000));
      assert(stdout === `${answerText}\n`, `${stdout.length} characters`);
      const longest = Math.max(...stderr.split("\n").map((line) => line.length));
      assert(longest <= MAX_LINE, `${options}: ${longest}`);
      assert(
        options.includes("-q") || /y… \+29\d{5} characters/.test(stderr),
        stderr.slice(0, 500),
      );
    }
  });
});

testWith(
  TERMINAL,
  "raw, JSON, results, answers and progress on a terminal hide nothing",
  async () => {
    const evil = `${HIDDEN}${CONTROLS}`;
    const lines = [
      initLine({ cwd: `/tmp/${evil}`, model: evil }),
      ...streamedLines([evil.slice(0, 20), evil.slice(20)]),
      toolUseLine({ id: "toolu_1", name: `Bash${evil}`, input: { command: evil } }),
      toolResultLine({ id: "toolu_1", content: evil, isError: true }),
      // An object of claude, and a line that is none.
      `{"type":"${HIDDEN}\x9b2J"}`,
      `not JSON ${evil}`,
      textLine(`The end ${evil}`),
      resultLine({ result: `The end ${evil}` }),
    ];
    await withFake(lines, async (scene) => {
      const path = `${scene.sandbox.project}/tape`;
      await Deno.writeTextFile(path, lines.join("\n"));
      await writeSession({
        home: scene.sandbox.home,
        cwd: scene.sandbox.project,
        lines: [userLine(`session ${evil}`)],
      });
      await using terminal = await inTerminal(
        scene,
        `for format in pretty text json raw result; do
        ccrun replay -f $format tape; echo "code $?"
      done
      ccrun replay --partial tape
      ccrun -f raw --debug-raw hi
      ccrun sessions
      ccrun sessions --json
      hidden=$(printf '\\342\\200\\213\\363\\240\\201\\201')
      ccrun replay "no-$hidden-file"
      ccrun --cwd "no-$hidden-directory" hi`,
        { columns: 300 },
      );
      const { stdout } = await terminal.finished;
      assertVisible(stdout);
      assertEquals(stdout.split("code 0\r\n").length - 1, 5, stdout);
      for (const shown of ["The end <U+200B>", "session <U+200B>", "no-<U+200B><U+E0041>-file"]) {
        assertStringIncludes(stdout, shown);
      }
    });
  },
);

Deno.test("raw and the answer in a pipe or a file are exact", async () => {
  await using sandbox = await makeSandbox();
  const said = `The end ${HIDDEN}${CONTROLS}`;
  const tape = `${
    [initLine(), `not JSON ${said}`, textLine(said), resultLine({ result: said })]
      .join("\n")
  }\n`;
  await Deno.writeTextFile(`${sandbox.project}/tape`, tape);
  const raw = await runCcrun(["replay", "-f", "raw", "tape"], { sandbox });
  const own = /^\{"source":"ccrun".*\n/gm;
  assertEquals(raw.stdout.replaceAll(own, ""), tape);
  const replies = await runCcrun(["replay", "-q", "tape"], { sandbox });
  assertEquals(replies.stdout, `${said}\n`);
});
