/**
 * `ccrun replay`: a recorded or piped stream, shown as a run is.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { text, toolUse } from "../support/api_reply.ts";
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
import { assertNothingLeft, checked, SKIP, withScene } from "./scene.ts";

/** The lines as a stream has them. */
function stream(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

Deno.test("ccrun replay renders a recording of the real Claude Code like the run", async () => {
  const replies = [
    toolUse("Bash", { command: "echo works; exit 3" }),
    toolUse("Read", { file_path: "/does/not/exist" }),
    text("Two of two failed."),
  ];
  await withScene(replies, async ({ run, sandbox }) => {
    const shown = await run([SKIP, "--record", "tape.jsonl", "Do it."]);
    assertEquals([shown.stdout, shown.code], ["Two of two failed.\n", 0]);
    const tape = `${sandbox.project}/tape.jsonl`;
    assertEquals((await Deno.stat(tape)).mode! & 0o777, 0o600);
    const replay = (...args: readonly string[]) => runCcrun(["replay", ...args], { sandbox });
    const again = await replay("tape.jsonl");
    assertEquals([again.stdout, again.code], [shown.stdout, 0]);
    // A recording has no times.
    const timeless = (text: string) => text.replaceAll(/ \d+(\.\d+)?s ·/g, "");
    assertEquals(timeless(again.stderr), timeless(shown.stderr));
    const { events } = checked(await replay("--json", "tape.jsonl"));
    assertEquals(events.filter(({ type }) => type === "tool_result").length, 2);
    assert(events.every(({ time_ms }) => time_ms === null));
    assertEquals(
      (await replay("-f", "raw", "tape.jsonl")).stdout
        .split("\n").filter((line) => !line.includes('"source":"ccrun"')).join("\n"),
      await Deno.readTextFile(tape),
    );
  });
});

/** Ends of runs, each with the exit code that both the run and its replay have. */
const ENDS: readonly (readonly [name: string, code: number, lines: readonly string[]])[] = [
  ["a good run", 0, STORY],
  ["a run that failed", 1, FAILURE],
  ["a refused key", 3, [
    initLine(),
    resultLine({ is_error: true, api_error_status: 401, result: "Invalid API key" }),
  ]],
  ["an overloaded API", 4, [
    initLine(),
    resultLine({ is_error: true, api_error_status: 529, result: "API Error: 529 overloaded" }),
  ]],
  ["the turn limit", 5, [
    initLine(),
    resultLine({ subtype: "error_max_turns", is_error: true, result: undefined }),
  ]],
  ["no result", 1, [initLine(), textLine("And then")]],
  ["several results", 0, [...FAILURE, ...STORY]],
];

Deno.test("ccrun replay has the exit code and the answer of the recorded run", async () => {
  for (const [name, code, lines] of ENDS) {
    await withFake(lines, async ({ run, sandbox }) => {
      const ran = await run(["-q", "hi", "--record", "tape.jsonl"]);
      assertEquals(ran.code, code, `${name}:\n${ran.stderr}`);
      assertEquals(await Deno.readTextFile(`${sandbox.project}/tape.jsonl`), stream(lines));
      const replayed = await run(["replay", "-q", "tape.jsonl"]);
      assertEquals([replayed.code, replayed.stdout], [ran.code, ran.stdout], name);
      if (name !== "no result") assertEquals(replayed.stderr, ran.stderr, name);
      const { exit } = checked(await run(["replay", "--json", "tape.jsonl"]));
      assertEquals(exit.code, code);
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
    const stdin = stream(STORY);
    assertEquals((await run(["replay", "-q", "a tape.jsonl"])).stdout, `${ANSWER}\n`);
    assertEquals((await run(["replay", "-q", "-"], { stdin })).stdout, `${ANSWER}\n`);
    assertEquals((await run(["replay", "-q"], { stdin })).stdout, `${ANSWER}\n`);
    const { stdout, stderr, code } = await shell(
      `set -o pipefail
      claude -p --output-format stream-json --verbose <<<"hi" | ccrun replay
      ccrun replay -q <(cat 'a tape.jsonl')`,
    );
    assertEquals([stdout, code], [`${ANSWER}\n${ANSWER}\n`, 0]);
    assertStringIncludes(stderr, "● Bash  ls -l");
  });
});

Deno.test("ccrun replay renders a piped stream as it arrives", async () => {
  await withFake(STORY, async ({ start, sandbox }) => {
    for (const args of [["--json"], ["-f", "raw"]]) {
      await using ccrun = await start(["replay", ...args], { stdin: "open" });
      for (const line of STORY.slice(0, 4)) {
        // Half a line gives nothing, and must not be lost.
        await ccrun.write(line.slice(0, 40));
        await ccrun.write(`${line.slice(40)}\n`);
      }
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
  await withFake(STORY, async ({ run, shell, sandbox }) => {
    await Deno.writeTextFile(`${sandbox.project}/empty.jsonl`, "");
    await Deno.writeTextFile(`${sandbox.project}/blank.jsonl`, "\n\r\n\n");
    const cases: readonly (readonly [string, number, string])[] = [
      ["ccrun replay nowhere.jsonl", 2, "cannot read nowhere.jsonl: it does not exist\n"],
      ["ccrun replay .", 2, "cannot read .: it is a directory\n"],
      ["ccrun replay -q < .", 2, "cannot read the recording: it is a directory\n"],
      ["ccrun replay empty.jsonl", 1, "the recording is empty\n"],
      ["ccrun replay blank.jsonl", 1, "the recording is empty\n"],
      ["ccrun replay </dev/null", 1, "the recording is empty\n"],
      ["ccrun replay <&-", 1, "the recording is empty\n"],
      ["ccrun replay a b", 2, "ccrun replay takes one file, not 2\n"],
      ["false | ccrun replay", 1, "the recording is empty\n"],
    ];
    for (const [script, code, says] of cases) {
      const result = await shell(script);
      assertEquals([result.stdout, result.code], ["", code], `${script}:\n${result.stderr}`);
      assertClearMessage(result.stderr);
      assertStringIncludes(result.stderr, says);
    }
    for (const file of ["empty.jsonl", "blank.jsonl"]) {
      const { events } = checked(await run(["replay", "--json", file]));
      assertEquals(events.map(({ type }) => type), ["start", "error", "exit"]);
    }
    const unreadable = await shell("ccrun replay --json < .");
    checked(unreadable);
    assertEquals(unreadable.code, 2);
  });
});

Deno.test("ccrun replay prints lines that are not messages, and fails", async () => {
  const junk = new Uint8Array(10_000);
  for (const [at] of junk.entries()) junk[at] = (at * 7919 + (at >> 3)) & 0xff;
  const cases: readonly (string | Uint8Array<ArrayBuffer>)[] = [
    junk,
    "Just some text.\nOf two lines.\n",
    '{"half": \n[1, 2]\nnull\n"text"\n42\n',
    "<html><body>Bad gateway</body></html>",
  ];
  await withFake(STORY, async ({ run }) => {
    for (const stdin of cases) {
      const { stdout, stderr, code } = await run(["replay"], { stdin });
      assertEquals([stdout, code], ["", 1]);
      assertStringIncludes(stderr, "not a message: ");
      assertStringIncludes(stderr, "error: the recording ends without a result: ");
      const { events } = checked(await run(["replay", "--json"], { stdin }));
      assert(events.slice(1, -2).every(({ type }) => type === "raw"));
    }
  });
});

Deno.test("ccrun replay renders a recording that is truncated anywhere", async () => {
  const whole = stream(STORY);
  await withFake(STORY, async ({ run }) => {
    // In the first line, in the tool's result, before and in the result, and but for its newline.
    const cuts = [20, whole.indexOf("one\\ntwo"), whole.lastIndexOf('{"type":"result"'), -20, -1];
    for (const cut of cuts) {
      const stdin = whole.slice(0, cut);
      const { stdout, stderr, code } = await run(["replay"], { stdin });
      const { exit } = checked(await run(["replay", "--json"], { stdin }));
      assertEquals([stdout, code], cut === -1 ? [`${ANSWER}\n`, 0] : ["", 1], `cut at ${cut}`);
      assertEquals(exit.code, code);
      if (cut === -1) continue;
      assertStringIncludes(stderr, "error: the recording ends without a result");
      if (cut === -20) assertStringIncludes(stderr, ANSWER);
    }
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

Deno.test("ccrun replay renders an event log like the run", async () => {
  const replies = [toolUse("Bash", { command: "echo works; exit 3" }), text("It failed.")];
  await withScene([...replies, ...replies], async ({ run, sandbox }) => {
    const shown = await run([SKIP, "Do it."]);
    const { stdout } = await run([SKIP, "--json", "Do it."]);
    await Deno.writeTextFile(`${sandbox.project}/events.jsonl`, stdout);
    const replay = (...args: readonly string[]) => runCcrun(["replay", ...args], { sandbox });
    const again = await replay("events.jsonl");
    assertEquals([again.stdout, again.code], [shown.stdout, 0]);
    const timeless = (text: string) =>
      text.replaceAll(/ \d+(\.\d+)?s ·/g, "").replaceAll(/[0-9a-f-]{36}/g, "ID");
    assertEquals(timeless(again.stderr), timeless(shown.stderr));
    assertEquals((await replay("--json", "events.jsonl")).stdout, stdout);
  });
});

Deno.test("ccrun replay renders the piped events of another ccrun, with its exit code", async () => {
  await withFake(FAILURE, async ({ shell }) => {
    const { stdout, code } = await shell("ccrun --json hi 2>/dev/null | ccrun replay -f result");
    assertEquals([code, JSON.parse(stdout).exit.reason], [1, "failed"]);
  });
  await withFake(STORY, async ({ shell }) => {
    const { stdout, code } = await shell("ccrun --json hi | ccrun replay -q");
    assertEquals([stdout, code], [`${ANSWER}\n`, 0]);
  });
});
