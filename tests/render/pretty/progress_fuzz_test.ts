import { assert, assertEquals } from "@std/assert";
import type { EventBody } from "../../../lib/events.ts";
import { makeRandom, type Random } from "../../support/random.ts";
import { makeRun, type Run } from "../../support/rendered_run.ts";
import { makeScreen } from "../../support/screen.ts";

const ROUNDS = 60;

const HOSTILE = [
  "plain words of some length ",
  "\x1b[31mred\x1b[0m",
  "\x1b]52;c;aGk=\x07",
  "\x1b[2J\x1b[H\x1b[?25l",
  "\x1bP1;2q\x1b\\",
  "\x9b31m\x90\x9c",
  "\u202eevil\u202c\u2066\u200f",
  "\ud83d",
  "\ude00",
  "天地玄黃，宇宙洪荒。",
  "👩‍👩‍👧🇩🇪❤️1️⃣",
  "e\u0301\u0301\u0301",
  "\r\n",
  "\r",
  "\n",
  "\t",
  "\0\b\x7f\x85",
  "x".repeat(300),
  "天".repeat(150),
  "```\n",
  "# **`",
  "- ",
  "::error::x",
  "##[group]",
  "\u2028",
  "",
] as const;

const TOOLS = [
  "Bash",
  "Read",
  "Write",
  "Edit",
  "MultiEdit",
  "Grep",
  "Task",
  "Agent",
  "TodoWrite",
  "TaskUpdate",
  "ExitPlanMode",
  "AskUserQuestion",
  "ReportFindings",
  "StructuredOutput",
  "WebFetch",
  "mcp__a__b",
  "__proto__",
  "Odd\x1b[31m\nName天",
] as const;

function makeEvents(random: Random): () => EventBody {
  const { below, pick } = random;
  const words = () => Array.from({ length: below(6) }, () => pick(HOSTILE)).join("");
  const ids = ["a", "b", "c", "d", "e", "f\x1b[1m"] as const;
  const id = () => pick(ids);
  const parent = () => below(3) === 0 ? { parent_tool_use_id: id() } : {};
  const place = () => ({ message_id: pick(["m1", "m2"]), index: below(2) });
  const value = (): unknown => pick([words(), words(), 7, null, [words()], { [words()]: words() }]);
  const input = () => ({
    command: value(),
    file_path: value(),
    old_string: value(),
    new_string: value(),
    content: value(),
    pattern: value(),
    description: value(),
    edits: [{ old_string: words(), new_string: words() }, value()],
    todos: [{ status: "in_progress", activeForm: words() }, value()],
    subject: value(),
    plan: value(),
    questions: [{ question: words(), options: [{ label: words() }, value()] }, value()],
    findings: [{ file: words(), line: 1, summary: words() }, value()],
  });
  const number = () => pick([0, 1, 950, 12_345, 99_999_999]);
  const usage = () => ({
    input: number(),
    output: number(),
    cache_read: number(),
    cache_write: number(),
  });
  const makers: (() => EventBody)[] = [
    () => ({ type: "session_info", session_id: words(), model: words(), cwd: words() }),
    () => ({ type: "session_info", session_id: "s" }),
    () => ({ type: "text", text: words(), ...place(), ...parent() }),
    () => ({ type: "text", text: words(), ...place(), continues: true, ...parent() }),
    () => ({ type: "thinking", text: words(), ...place(), ...parent() }),
    () => ({ type: "text_delta", text: words(), ...place(), ...parent() }),
    () => ({ type: "text_delta", text: words(), ...place(), ...parent() }),
    () => ({ type: "thinking_delta", text: words(), ...place(), ...parent() }),
    () => ({
      type: "user_text",
      text: words(),
      kind: pick(["subagent", "compaction", "other"]),
      ...parent(),
    }),
    () => ({
      type: "user_text",
      text: "Output token limit hit.",
      kind: "continuation",
      ...parent(),
    }),
    () => ({ type: "tool_use", id: id(), name: pick(TOOLS), input: input(), ...parent() }),
    () => ({ type: "tool_use", id: id(), name: pick(TOOLS), input: {}, ...parent() }),
    () => ({ type: "tool_progress", tool_use_id: id(), name: "x", elapsed_ms: number() }),
    () => ({
      type: "tool_result",
      tool_use_id: id(),
      name: pick(TOOLS),
      is_error: below(3) === 0,
      text: words() + words(),
      diff: `@@ -1 +1 @@\n-${words()}\n+${words()}`,
      duration_ms: pick([null, 0, 5_000]),
      ...parent(),
    }),
    () => ({
      type: "task",
      task_id: id(),
      status: pick(["started", "progress", "completed", "failed", "stopped"]),
      description: words(),
      summary: words(),
    }),
    () => ({
      type: "retry",
      attempt: number(),
      max_retries: 10,
      delay_ms: number(),
      reason: words(),
    }),
    () => ({ type: "rate_limit", status: words(), kind: words(), resets_at: words() }),
    () => ({ type: "usage", message_id: "m", usage: usage() }),
    () => ({ type: "permission_denied", tool_use_id: id(), name: pick(TOOLS), reason: words() }),
    () => ({
      type: "notice",
      level: pick(["info", "warning", "error"]),
      kind: pick(["hook", "stderr", words()]),
      text: words(),
    }),
    () => ({
      type: "notice",
      level: "info",
      kind: "retracted",
      text: words(),
      retracts: [pick(["m1", "m2"])],
    }),
    () => ({
      type: "result",
      ok: below(2) === 0,
      subtype: "success",
      text: words(),
      turns: 1,
      duration_ms: 1,
      api_duration_ms: 1,
      cost_usd: 0.1,
      usage: usage(),
      denials: [],
      errors: [words()],
    }),
    () => ({ type: "raw", content: words() }),
    () => ({ type: "unknown", event: { [words()]: value() } }),
  ];
  return () => pick(makers)();
}

function end(random: Random): EventBody[] {
  const text = random.pick(HOSTILE);
  const usage = { input: 1, output: 1, cache_read: 0, cache_write: 0 };
  const exit = { type: "exit", turns: 1, cost_usd: 0.1, usage, duration_ms: 1_000 } as const;
  if (random.below(2) === 0) return [{ ...exit, ok: true, code: 0, reason: "success" }];
  return [
    // A hint may be wider than the terminal.
    { type: "error", error: { kind: "api", message: text, hint: text.slice(0, 5) } },
    { ...exit, ok: false, code: 4, reason: "api" },
  ];
}

const SPINNER = /[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/;

Deno.test("progress prints no unsafe character and no line that is too wide for any events", () => {
  for (let seed = 1; seed <= ROUNDS; seed++) {
    const random = makeRandom(seed);
    const columns = random.pick([undefined, 40, 80, 200]);
    const options = {
      columns,
      color: random.below(2) === 0,
      isAnswerElsewhere: random.below(2) === 0,
    };
    const live = makeRun({ ...options, live: true });
    const still = makeRun({ ...options, live: false });
    const next = makeEvents(random);
    const start: EventBody = {
      type: "start",
      schema: "ccrun.events/1",
      ccrun: "0",
      time: null,
      claude: null,
      cwd: random.pick(HOSTILE),
    };
    const events = [start, ...Array.from({ length: 40 }, next), ...end(random)];
    for (const event of events) {
      const pause = random.pick([0, 50, 150, 1_200]);
      for (const run of [live, still]) {
        run.pass(pause);
        run.give(event);
      }
    }
    const about = `seed ${seed}`;
    checkBytes(live, columns !== undefined, about);
    checkBytes(still, false, about);
    assertEquals(live.lines(), still.lines(), `the live rows leave no trace, ${about}`);
    assert(!SPINNER.test(live.lines().join("")), about);
    if (columns !== undefined) {
      const screen = makeScreen(columns);
      screen.write(live.text());
      assert(screen.widest <= columns, `${screen.widest} of ${columns}, ${about}`);
    }
  }
});

// deno-lint-ignore no-control-regex -- sequences are what it looks for
const COLOR = /\x1b\[(?:1|2|22|31|32|33|36|39)m/g;

// deno-lint-ignore no-control-regex -- sequences are what it looks for
const MOVE = /\r(?:\x1b\[\d+A)?\x1b\[J/g;

/** Checks that the only control characters are newlines, tabs and ccrun's own sequences. */
function checkBytes(run: Run, moves: boolean, about: string): void {
  const styled = run.text().replace(COLOR, "");
  const bare = moves ? styled.replace(MOVE, "") : styled;
  const bad = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Cs}/u.exec(bare);
  assertEquals(bad?.[0], undefined, about);
}
