/**
 * `ccrun serve` as a process: its signals, its files, and the bot in its help.
 *
 * @module
 */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fullHelp } from "../../lib/cli/help.ts";
import { exists } from "../../lib/util/exists.ts";
import { text, toolUse } from "../support/api_reply.ts";
import {
  type CcrunOptions,
  runCcrun,
  type RunningCcrun,
  shellCcrun,
  startCcrun,
  startShellCcrun,
} from "../support/ccrun.ts";
import { sinceClaude } from "../support/claude.ts";
import { conversingClaude } from "../support/conversing_claude.ts";
import type { JsonObject } from "../support/json.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { assertServeOutput, outputLines } from "../support/serve_output.ts";
import { testWith } from "../support/test_with.ts";
import { assertNothingLeft, bash, SKIP, withScene } from "./scene.ts";

function jsonLines(...lines: readonly JsonObject[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Returns an output without the line that is being written. */
function completeLines(stdout: string): string {
  return stdout.slice(0, stdout.lastIndexOf("\n") + 1);
}

/** Returns the exit codes of the requests, by their ids. */
function exitCodes(stdout: string): JsonObject {
  const exits = outputLines(stdout).filter(({ type }) => type === "exit");
  return Object.fromEntries(exits.map(({ request, code }) => [request, code]));
}

/** Returns the last answer of each request. */
function answers(stdout: string): JsonObject {
  const results = outputLines(stdout).filter(({ type }) => type === "result");
  return Object.fromEntries(results.map(({ request, answer }) => [request, answer]));
}

/** Starts a service with a fake claude that converses. */
async function startService(
  sandbox: Sandbox,
  args: readonly string[] = [],
  options: Omit<CcrunOptions, "sandbox"> = {},
): Promise<RunningCcrun> {
  const claude = await conversingClaude(sandbox);
  return await startCcrun(["serve", "--claude", claude, ...args], {
    sandbox,
    stdin: "open",
    ...options,
  });
}

const SIGNALS = [
  { signals: ["SIGTERM"], prompt: "hang", code: 143 },
  { signals: ["SIGINT"], prompt: "hang", code: 130 },
  // The second one kills.
  { signals: ["SIGTERM", "SIGTERM"], prompt: "ignore", code: 143 },
] as const;

for (const { signals, prompt, code } of SIGNALS) {
  Deno.test(`ccrun serve ends all requests after ${signals.join(" and ")}`, async () => {
    await using sandbox = await makeSandbox();
    await using service = await startService(sandbox, ["--grace", "60s"]);
    await service.write(jsonLines(
      { id: "r1", session: "a", prompt },
      { id: "r2", session: "a", prompt: "waits" },
      { id: "r3", session: "b", prompt },
    ));
    await service.stdoutUntil((text) => text.split('"session_info"').length === 3);
    for (const signal of signals) {
      service.kill(signal);
      // The service has received the signal when it ends the request that waits.
      await service.stdoutUntil('"exit"');
    }
    const result = await service.finished;
    assertEquals([result.code, exitCodes(result.stdout)], [code, { r1: code, r2: code, r3: code }]);
    assertEquals(result.stderr, `ccrun: error: stopped by ${signals[0]}\n`);
    assertServeOutput(outputLines(result.stdout));
    await assertNothingLeft(sandbox);
  });
}

Deno.test("ccrun serve stops all requests when its reader is gone", async () => {
  await using sandbox = await makeSandbox();
  const claude = await conversingClaude(sandbox);
  const script = `ccrun serve --claude ${claude} | head -n 2; echo "\${PIPESTATUS[0]}"`;
  await using shell = await startShellCcrun(script, { sandbox, stdin: "open" });
  await shell.write(jsonLines({ id: "r1", session: "a", prompt: "hang" }));
  await shell.stdoutUntil('"start"');
  // The next event may have stopped the service already.
  await shell.write(jsonLines({ stats: true }, { stats: true })).catch(() => {});
  const { stdout, stderr } = await shell.finished;
  assertEquals([stdout.trimEnd().split("\n").at(-1), stderr], ["141", ""]);
  await assertNothingLeft(sandbox);
});

Deno.test("ccrun serve --state continues the conversations of the service before", async () => {
  await using sandbox = await makeSandbox();
  const state = ["--state", "chats.json"];
  for (const [prompt, answer] of [["one", "1: one"], ["two", "2: two"]]) {
    await using service = await startService(sandbox, state);
    await service.write(jsonLines({ id: "r1", session: "chat-42", prompt }));
    await service.stdoutUntil('"exit"');
    const second = await runCcrun(["serve", ...state], { sandbox });
    assertEquals([second.code, second.stdout], [2, ""]);
    assertMatch(
      second.stderr,
      /^ccrun: error: cannot use --state .*: another ccrun serve uses it\n/,
    );
    await service.closeStdin();
    const { code, stdout } = await service.finished;
    assertEquals([code, answers(stdout)], [0, { r1: answer }]);
  }
  await assertNothingLeft(sandbox);
});

Deno.test("ccrun serve refuses what it cannot use before it starts", async () => {
  await using sandbox = await makeSandbox();
  await Deno.writeTextFile(`${sandbox.project}/chats.json`, "no state");
  const cases: readonly [args: readonly string[], error: string][] = [
    [["--state", "chats.json"], "it is not a state file of ccrun serve"],
    [
      ["--cwd", "missing"],
      `cannot use the workspace ${sandbox.project}/missing: it does not exist`,
    ],
    [["--allow-cwd", "missing"], `cannot use --allow-cwd ${sandbox.project}/missing: it does not`],
    [["--allow-cwd", "notes.txt"], "notes.txt: it is not a directory"],
    [["--jobs", "0"], "--jobs must be 1 or more"],
    [["--resume", "last"], "ccrun serve has no option --resume"],
    [["--no-session-persistence"], "ccrun serve has no option --no-session-persistence"],
    [["hello"], "ccrun serve takes no arguments"],
  ];
  await Promise.all(cases.map(async ([args, error]) => {
    const { code, stdout, stderr } = await runCcrun(["serve", ...args], { sandbox });
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(stderr, error);
  }));
});

Deno.test("ccrun serve reports an input that cannot be read", async () => {
  await using sandbox = await makeSandbox();
  const { stdout } = await shellCcrun('ccrun serve </ 2>&1; echo "$?"', { sandbox });
  assertMatch(stdout, /\nccrun: error: cannot read stdin: .*\n2\n$/);
});

testWith({ commands: ["python3"] }, "the bot in ccrun help serve answers", async () => {
  await using sandbox = await makeSandbox();
  const [, bot] = fullHelp("serve").split("prints the answers:\n");
  assert(bot !== undefined);
  const source = bot.split("\n").map((line) => line.replace(/^ {2}/, "")).join("\n");
  assert(source.trim().split("\n").length <= 25, source);
  await Deno.writeTextFile(`${sandbox.project}/bot.py`, source);
  const claude = await conversingClaude(sandbox);
  const { stdout, stderr } = await shellCcrun("python3 bot.py", {
    sandbox,
    stdin: "ada one\nbob hello\nada two\n",
    env: { CCRUN_CLAUDE: claude },
  });
  assertEquals([stdout.trimEnd().split("\n").sort(), stderr], [
    ["ada: 1: one", "ada: 2: two", "bob: 1: hello"],
    "",
  ]);
  await assertNothingLeft(sandbox);
});

Deno.test("a request of ccrun serve can choose a stricter permission mode than the service", async () => {
  await withScene([bash("touch made"), text("Done.")], async ({ sandbox, api, claude }) => {
    const result = await runCcrun(["serve", "--claude", claude, SKIP], {
      sandbox,
      apiUrl: api.url,
      stdin: jsonLines(
        { id: "r1", session: "a", prompt: "go", permission_mode: "plan" },
        { id: "r2", session: "a", prompt: "go" },
      ),
    });
    assertEquals(answers(result.stdout), { r1: "Done.", r2: "Done." });
    const results = outputLines(result.stdout).filter(({ type }) => type === "tool_result");
    assertEquals(results.map(({ request, is_error }) => [request, is_error]), [
      ["r1", true],
      ["r2", false],
    ]);
  });
});

Deno.test("a prompt of ccrun serve cannot change the permission mode of other conversations", async () => {
  await withScene([text("Done.")], async ({ sandbox, api, claude }) => {
    const result = await runCcrun(["serve", "--claude", claude], {
      sandbox,
      apiUrl: api.url,
      stdin: jsonLines(
        { id: "r1", session: "a", prompt: "/config permissionMode=acceptEdits" },
        { id: "r2", session: "b", prompt: "go" },
      ),
    });
    assertEquals(exitCodes(result.stdout), { r1: 2, r2: 0 });
    const [info] = outputLines(result.stdout).filter(({ type }) => type === "session_info");
    assertEquals(info?.["permission_mode"], "default");
    assert(!await exists(`${sandbox.home}/.claude/settings.json`));
  });
});

const WITH_MESSAGES = sinceClaude("2.1.330", "this version sends no messages between sessions");

testWith(WITH_MESSAGES, "a conversation of ccrun serve cannot write to another one", async () => {
  let victim = "";
  const reply = (request: unknown) => {
    const sent = JSON.stringify(request);
    if (!sent.includes("Attack.") || sent.includes("tool_result")) return text("Done.");
    return toolUse("SendMessage", { to: victim, summary: "A message", message: "Injected." });
  };
  await withScene(reply, async ({ sandbox, api, claude, turns }) => {
    await using service = await startCcrun(["serve", "--claude", claude, SKIP], {
      sandbox,
      apiUrl: api.url,
      stdin: "open",
    });
    const ask = async (id: string, session: string, prompt: string) => {
      await service.write(jsonLines({ id, session, prompt }));
      await service.stdoutUntil((text) => exitCodes(completeLines(text))[id] !== undefined);
    };
    await ask("r1", "a", "Begin.");
    await ask("r2", "a", "/list-agents");
    const found = answers(service.stdout())["r2"];
    victim = /This session: (\S+)/.exec(String(found))?.[1] ?? "";
    assert(victim !== "", String(found));
    await ask("r3", "b", "Attack.");
    await ask("r4", "a", "Continue.");
    const requests = turns().map((request) => JSON.stringify(request));
    assert(!requests.some((sent) => sent.includes("Begin.") && sent.includes("Injected.")));
    assert(requests.some((sent) => sent.includes("Attack.") && sent.includes("tool_result")));
    await service.closeStdin();
    await service.finished;
  });
});
