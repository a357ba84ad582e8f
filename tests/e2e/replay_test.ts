/**
 * `ccrun replay`: a recorded or piped stream, rendered like a run.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import { message, text, thinking, toolUse } from "../support/api_reply.ts";
import { runCcrun } from "../support/ccrun.ts";
import {
  emit,
  initLine,
  resultLine,
  textLine,
  toolResultLine,
  toolUseLine,
} from "../support/fake_claude.ts";
import { ANSWER, assertClearMessage, FAILURE, STORY, withFake } from "./fake_scene.ts";
import { assertNothingLeft, checked, eventsOf, SKIP, untimed, withScene } from "./scene.ts";

/** Returns the lines of a stream as one text. */
function stream(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** Returns an event without its time and what a recording does not contain. */
function recorded({ time_ms: _, ...event }: RunEvent): Record<string, unknown> {
  const known: Record<string, unknown> = { ...event };
  const { type } = event;
  if (type === "start") { for (const key of ["time", "claude", "cwd"]) delete known[key]; }
  if (type === "exit") { for (const key of ["claude_exit_code", "resume"]) delete known[key]; }
  if (type === "exit" || type === "tool_result") delete known.duration_ms;
  return known;
}

/** Removes durations and session ids from progress. */
function generic(progress: string): string {
  return untimed(progress)
    .replaceAll(/ (\d+m )?\d+(\.\d+)?s ·/g, "")
    .replaceAll(/[0-9a-f-]{36}/g, "ID");
}

Deno.test("ccrun replay renders a recording and an event log of the real Claude Code like the run", async () => {
  const replies = [
    message(thinking("Hm."), text("I look."), toolUse("Bash", { command: "echo works; exit 3" })),
    toolUse("Read", { file_path: "/does/not/exist" }),
    text("Two of two failed."),
  ];
  await withScene([...replies, ...replies], async ({ json, run, sandbox }) => {
    const file = (name: string) => `${sandbox.project}/${name}`;
    const replay = (...args: readonly string[]) => runCcrun(["replay", ...args], { sandbox });
    const pretty = await run([SKIP, "--record", "tape.jsonl", "Do it."]);
    assertEquals([pretty.stdout, pretty.code], ["Two of two failed.\n", 0]);
    const events = await json(["--partial", "--record", "partial.jsonl", SKIP, "Do it."]);
    assertEquals(eventsOf(events, "tool_result").length, 2);
    await Deno.writeTextFile(file("events.jsonl"), events.stdout);

    for (const recording of ["tape.jsonl", "events.jsonl"]) {
      const { stdout, stderr, code } = await replay(recording);
      assertEquals([stdout, code], [pretty.stdout, 0], recording);
      assertEquals(generic(stderr), generic(pretty.stderr), recording);
    }
    const replayed = checked(await replay("--json", "--partial", "partial.jsonl"));
    assertEquals(replayed.events.map(recorded), events.events.map(recorded));
    const [result] = eventsOf(replayed, "tool_result");
    assert(result?.time_ms !== null, "the message of a tool result states its time");
    const log = await replay("--json", "--partial", "events.jsonl");
    // The options of the run are not repeated, because an event log can be forged.
    const { resume = "", session_id = "" } = events.exit;
    const own = `ccrun --resume ${session_id} -C ${sandbox.project}`;
    assertEquals(log.stdout, events.stdout.replace(resume, own));
    const raw = (await replay("-f", "raw", "tape.jsonl")).stdout;
    assertEquals(
      raw.split("\n").filter((line) => !line.includes('"source":"ccrun"')).join("\n"),
      await Deno.readTextFile(file("tape.jsonl")),
    );
  });
});

/** Runs, and the exit code that both the run and its replay have. */
const RUNS: readonly (readonly [name: string, code: number, lines: readonly string[]])[] = [
  ["a failed run", 1, FAILURE],
  ["a run without a result", 1, [initLine(), textLine("And then")]],
  ["a refused key", 3, [
    initLine(),
    resultLine({ is_error: true, api_error_status: 401, result: "Invalid API key" }),
  ]],
  ["a run with several results", 0, [...FAILURE, ...STORY]],
];

Deno.test("ccrun replay has the exit code, the answer and the error of the recorded run", async () => {
  for (const [name, code, lines] of RUNS) {
    await withFake(lines, async ({ run, sandbox }) => {
      const original = await run(["-q", "hi", "--record", "tape.jsonl"]);
      assertEquals(original.code, code, `${name}:\n${original.stderr}`);
      assertEquals(await Deno.readTextFile(`${sandbox.project}/tape.jsonl`), stream(lines));
      const replayed = await run(["replay", "-q", "tape.jsonl"]);
      assertEquals([replayed.code, replayed.stdout], [original.code, original.stdout], name);
      if (name !== "a run without a result") assertEquals(replayed.stderr, original.stderr, name);
    });
  }
});

Deno.test("ccrun replay --fail-on-denied exits with 7 for a denied tool call", async () => {
  const denied = [
    initLine(),
    toolUseLine({ id: "toolu_1", name: "Bash", input: { command: "rm x" } }),
    toolResultLine({ id: "toolu_1", content: "denied", isError: true }),
    resultLine({
      permission_denials: [
        { tool_name: "Bash", tool_use_id: "toolu_1", tool_input: { command: "rm x" } },
      ],
    }),
  ];
  await withFake(denied, async ({ run }) => {
    const stdin = stream(denied);
    assertEquals((await run(["replay", "-q"], { stdin })).code, 0);
    assertEquals((await run(["replay", "-q", "--fail-on-denied"], { stdin })).code, 7);
    assertEquals((await run(["-q", "--fail-on-denied", "hi"])).code, 7);
  });
});

Deno.test("ccrun replay reads a file, stdin by - or without a name, and a pipe", async () => {
  await withFake(STORY, async ({ run, shell, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.project}/a tape.jsonl`, stream(STORY));
    const answer = `${ANSWER}\n`;
    assertEquals((await run(["replay", "-q", "-"], { stdin: stream(STORY) })).stdout, answer);
    const { stdout, stderr, code } = await shell(
      `set -o pipefail
      claude -p --output-format stream-json --verbose <<<"hi" | ccrun replay
      ccrun replay -q <(cat 'a tape.jsonl')
      ccrun replay -q 'a tape.jsonl'`,
    );
    assertEquals([stdout, code], [answer.repeat(3), 0]);
    assertStringIncludes(stderr, "● Bash  ls -l");
  });
});

Deno.test("ccrun replay renders a piped stream as it arrives", async () => {
  await withFake(STORY, async ({ start, sandbox }) => {
    for (const args of [["--json"], ["-f", "raw"]]) {
      await using ccrun = await start(["replay", ...args], { stdin: "open" });
      await ccrun.write(stream(STORY.slice(0, 4)));
      await ccrun.stdoutUntil("tool_result");
      assert(!ccrun.stdout().includes('"type":"exit"'));
      await ccrun.write(stream(STORY.slice(4)));
      await ccrun.stdoutUntil('"type":"result"');
      await ccrun.closeStdin();
      assertEquals((await ccrun.finished).code, 0);
    }
    await using pretty = await start(["replay"], { stdin: "open" });
    await pretty.write(stream(STORY.slice(0, 3)));
    await pretty.stderrUntil("● Bash  ls -l");
    await pretty.write(stream(STORY.slice(3)));
    await pretty.closeStdin();
    assertEquals((await pretty.finished).stdout, `${ANSWER}\n`);
    await assertNothingLeft(sandbox);
  });
});

Deno.test("ccrun replay reports why its input cannot be read", async () => {
  await withFake(STORY, async ({ shell }) => {
    const cases: readonly (readonly [script: string, code: number, message: string])[] = [
      ["ccrun replay nowhere.jsonl", 2, "cannot read nowhere.jsonl: it does not exist\n"],
      ["ccrun replay .", 2, "cannot read .: it is a directory\n"],
      ["ccrun replay -q < .", 2, "cannot read the recording: it is a directory\n"],
      ["ccrun replay a b", 2, "ccrun replay takes one source, not 2\n"],
      ["ccrun replay <&-", 1, "the recording is empty\n"],
      ["false | ccrun replay", 1, "the recording is empty\n"],
    ];
    for (const [script, code, message] of cases) {
      const { stdout, stderr, ...result } = await shell(script);
      assertEquals([stdout, result.code], ["", code], `${script}:\n${stderr}`);
      assertClearMessage(stderr);
      assertStringIncludes(stderr, message);
    }
    const { events, code } = checked(await shell("ccrun replay --json < ."));
    assertEquals([events.map(({ type }) => type), code], [["start", "error", "exit"], 2]);
  });
});

Deno.test("ccrun replay prints lines that are not messages, and fails", async () => {
  const junk = new Uint8Array(10_000);
  for (const [at] of junk.entries()) junk[at] = (at * 7919 + (at >> 3)) & 0xff;
  await withFake(STORY, async ({ run }) => {
    const { stdout, stderr, code } = await run(["replay"], { stdin: junk });
    assertEquals([stdout, code], ["", 1]);
    assertStringIncludes(stderr, "not a message: ");
    assertStringIncludes(stderr, "error: the recording ends without a result: ");
    const { events } = checked(await run(["replay", "--json"], { stdin: junk }));
    assert(events.slice(1, -2).every(({ type }) => type === "raw"));
  });
});

Deno.test("ccrun replay prints the answer of a recording that ends in the middle of its result", async () => {
  const answer = "x".repeat(300_000);
  const lines = stream([initLine(), textLine(answer), resultLine({ result: answer })]);
  await withFake(STORY, async ({ run }) => {
    for (const length of [lines.length - 20, lines.length - 200_000]) {
      const { stdout, stderr, code } = await run(["replay", "-q"], {
        stdin: lines.slice(0, length),
      });
      assertEquals([stdout, code], [`${answer}\n`, 0]);
      assertStringIncludes(
        stderr,
        "warning: the output of claude ends in the middle of its result",
      );
      assert(stderr.length < 500, stderr);
    }
    const failed = { is_error: undefined, result: answer };
    const cut = stream([initLine(), textLine("Hello"), resultLine(failed)]).slice(0, -200_000);
    const { stdout, stderr, code } = await run(["replay", "-q"], { stdin: cut });
    assertEquals([stdout, code], ["", 1]);
    assertStringIncludes(stderr, "error: the output of claude ends in the middle of its result");
    assert(stderr.length < 500, stderr);
  });
});

Deno.test("ccrun replay of a pipe that stays open ends when the run in it is over", async () => {
  await withFake(STORY, async ({ run, start }) => {
    const events = (await run(["replay", "--json"], { stdin: stream(STORY) })).stdout;
    const array = JSON.stringify(STORY.map((line) => JSON.parse(line)), null, 2);
    const sources = [stream(STORY), events, array];
    await Promise.all(sources.map(async (source) => {
      await using ccrun = await start(["replay"], { stdin: "open" });
      await ccrun.write(source);
      const { stdout, code } = await ccrun.finished;
      assertEquals([stdout, code], [`${ANSWER}\n`, 0]);
    }));
  });
});

Deno.test("ccrun replay exits silently with 141 when its pipe is closed", async () => {
  // Much more than a pipe holds.
  const endless = `{ ${emit(initLine())}yes '${textLine("x".repeat(5000))}'; }`;
  await withFake(STORY, async ({ shell }) => {
    for (const options of ["--json", "-f raw"]) {
      const { stdout, stderr } = await shell(
        `${endless} | ccrun replay ${options} | head -1 | cut -c 1; echo "\${PIPESTATUS[*]}"`,
      );
      assertEquals([stdout, stderr], ["{\n141 141 0 0\n", ""]);
    }
  });
});

Deno.test("ccrun replay --output writes the answer only if the run succeeded", async () => {
  await withFake(STORY, async ({ run, sandbox }) => {
    const out = `${sandbox.project}/out.txt`;
    await run(["replay", "-o", "out.txt"], { stdin: stream(FAILURE) });
    assertEquals(await Deno.lstat(out).catch(() => "none"), "none");
    await run(["replay", "-o", "out.txt"], { stdin: stream(STORY) });
    assertEquals(await Deno.readTextFile(out), `${ANSWER}\n`);
  });
});

Deno.test("ccrun replay renders the piped events of another ccrun, with its exit code", async () => {
  await withFake(FAILURE, async ({ shell }) => {
    const { stdout, code } = await shell("ccrun --json hi 2>/dev/null | ccrun replay -f result");
    assertEquals([code, JSON.parse(stdout).exit.reason], [1, "failed"]);
  });
});
