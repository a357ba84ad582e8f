/**
 * Tests the test support with the real Claude Code, without ccrun.
 *
 * @module
 */

import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  apiError,
  hang,
  hold,
  message,
  type Reply,
  type Respond,
  script,
  subAgent,
  text,
  thinking,
  toolUse,
} from "./api_reply.ts";
import { runCcrun, shellCcrun } from "./ccrun.ts";
import { claudePath } from "./claude.ts";
import { DEMO_FILES, DEMO_PROMPT, demoScript } from "./demo_script.ts";
import { emit, fakeClaude, initLine, resultLine, textLine, toolUseLine } from "./fake_claude.ts";
import { asArray, asObject, asString, type JsonObject } from "./json.ts";
import { type MessagesApi, startMessagesApi } from "./messages_api.ts";
import { type RunningProcess, startProcess } from "./running_process.ts";
import { makeSandbox, type Sandbox } from "./sandbox.ts";
import { testWith } from "./test_with.ts";

/** The surroundings of a test of bare claude. */
interface Scene {
  readonly sandbox: Sandbox;
  readonly api: MessagesApi;
  claude(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<RunningProcess>;
}

/** Runs a test with a sandbox and an API, and checks that no process is left. */
async function withScene(
  respond: Respond,
  act: (scene: Scene) => Promise<void>,
): Promise<void> {
  await using sandbox = await makeSandbox();
  await using api = await startMessagesApi({ respond });
  const path = await claudePath();
  const options = ["-p", "--output-format", "stream-json", "--verbose"];
  await act({
    sandbox,
    api,
    claude: (args = [], env = {}) =>
      Promise.resolve(startProcess(
        [path, ...options, "--dangerously-skip-permissions", ...args],
        { sandbox, apiUrl: api.url, stdin: "Please do it.", env },
      )),
  });
  await sandbox.assertNothingLeft();
}

/** Returns the messages of a stream. */
function messages(stdout: string): readonly JsonObject[] {
  return stdout.split("\n").filter((line) => line !== "").map((line) => asObject(JSON.parse(line)));
}

/** Returns the blocks of a type in the messages, each with its parent tool call. */
function blocks(stdout: string, type: string): readonly JsonObject[] {
  return messages(stdout).flatMap((message) =>
    asArray(asObject(message.message).content).map(asObject)
      .filter((block) => block.type === type)
      .map((block) => ({ ...block, parent: message.parent_tool_use_id }))
  );
}

function lastResult(stdout: string): JsonObject {
  return messages(stdout).findLast((message) => message.type === "result") ?? {};
}

async function answerOf(process: RunningProcess): Promise<string> {
  return asString(lastResult((await process.finished).stdout).result);
}

Deno.test("the scripted API lets claude answer with a text", async () => {
  await withScene(script([message(thinking("Easy."), text("Hello there."))]), async (scene) => {
    await using process = await scene.claude();
    const { code, stdout } = await process.finished;
    assertEquals(code, 0);
    assertEquals(lastResult(stdout).result, "Hello there.");
    assertEquals(blocks(stdout, "thinking").map((block) => block.thinking), ["Easy."]);
    const [request] = scene.api.requests.filter((request) => request.hasTools);
    assertEquals(request?.userText, "Please do it.");
    assertEquals(request?.headers["x-api-key"], "sk-placeholder");
  });
});

Deno.test("the scripted API lets claude use tools and passes their results to the script", async () => {
  const seen: string[] = [];
  const replies: readonly Reply[] = [
    toolUse("Bash", { command: "echo works", description: "Say it" }),
    (request) => {
      seen.push(...request.toolResults.map(({ text, isError }) => `${text} ${isError}`));
      return message(
        toolUse("Bash", { command: "exit 3", description: "Fail" }),
        toolUse("Read", { file_path: "/does/not/exist" }),
      );
    },
    text("Two of three failed."),
  ];
  await withScene(script(replies), async (scene) => {
    await using process = await scene.claude();
    const { stdout } = await process.finished;
    assertEquals(lastResult(stdout).result, "Two of three failed.");
    const results = blocks(stdout, "tool_result").map((result) =>
      `${result.tool_use_id} ${result.is_error === true}`
    );
    assertEquals(results.sort(), ["toolu_1 false", "toolu_2 true", "toolu_3 true"]);
    assertEquals(seen, ["works false"]);
  });
});

Deno.test("the scripted API identifies a sub-agent by its prompt", async () => {
  const respond = script(
    [subAgent({ prompt: "Look for the KEYWORD.", background: false }), text("It was found.")],
    {
      subagents: {
        KEYWORD: [
          toolUse("Bash", { command: "echo inner", description: "Look" }),
          text("Here it is."),
        ],
      },
    },
  );
  await withScene(respond, async (scene) => {
    await using process = await scene.claude();
    const { stdout } = await process.finished;
    assertEquals(lastResult(stdout).result, "It was found.");
    const inner = blocks(stdout, "tool_result").find((block) => block.content === "inner");
    assertEquals(inner?.parent, "toolu_1");
  });
});

Deno.test("the scripted API restarts at the prompt of a resumed session", async () => {
  const replies = [toolUse("Bash", { command: "echo x", description: "Say x" }), text("Said.")];
  await withScene(script(replies), async (scene) => {
    await using first = await scene.claude();
    const { stdout } = await first.finished;
    const session = asString(lastResult(stdout).session_id);
    // The ids of a second server must differ from those of the first.
    await using api = await startMessagesApi({ respond: script(replies) });
    await using second = await scene.claude(["--resume", session], { ANTHROPIC_BASE_URL: api.url });
    const resumed = await second.finished;
    assertEquals(lastResult(resumed.stdout).result, "Said.");
    assertEquals(blocks(resumed.stdout, "tool_result").length, 1);
    assertEquals(api.requests.filter((request) => request.hasTools).map(({ turn }) => turn), [
      0,
      1,
    ]);
  });
});

Deno.test("the scripted API returns the error of a script", async () => {
  const respond = () => apiError(401, "authentication_error", "invalid x-api-key");
  await withScene(respond, async (scene) => {
    await using process = await scene.claude([], { CLAUDE_CODE_MAX_RETRIES: "0" });
    const { code, stdout } = await process.finished;
    assertEquals(code, 1);
    assertEquals(lastResult(stdout).is_error, true);
    assertStringIncludes(asString(lastResult(stdout).result), "Invalid API key");
  });
});

Deno.test("a script that is too short reports this in the answer", async () => {
  const replies = [toolUse("Bash", { command: "echo x", description: "Say x" })];
  await withScene(script(replies), async (scene) => {
    await using process = await scene.claude();
    assertStringIncludes(await answerOf(process), "the script has no reply for turn 1");
  });
});

Deno.test("a test can wait for a request that hangs, and closing the API ends it", async () => {
  await withScene(hang, async (scene) => {
    await using process = await scene.claude();
    await scene.api.requested((request) => request.hasTools);
    process.kill("SIGKILL");
    assertEquals((await process.finished).signal, "SIGKILL");
  });
});

Deno.test("a reply that is held is sent when the test releases it", async () => {
  const go = Promise.withResolvers<void>();
  const respond = script([hold(go.promise, text("At last."))]);
  await withScene(respond, async (scene) => {
    await using process = await scene.claude();
    await scene.api.requested((request) => request.hasTools);
    assert(!process.stdout().includes("At last."));
    go.resolve();
    assertEquals(await answerOf(process), "At last.");
  });
});

testWith(
  { commands: ["setsid"] },
  "a sandbox finds processes that outlive claude, names them, and kills them",
  async () => {
    await using sandbox = await makeSandbox();
    const script = "setsid sleep 77 >/dev/null 2>&1 & exit 0";
    await using process = startProcess(["/bin/sh", "-c", script], { sandbox });
    await process.finished;
    assertEquals((await sandbox.processes()).length, 1);
    await assertRejects(() => sandbox.assertNothingLeft(0), Error, "sleep 77");
    await sandbox[Symbol.asyncDispose]();
    assertEquals(await sandbox.processes(), []);
  },
);

Deno.test("the fake claude writes lines like claude", async () => {
  await using sandbox = await makeSandbox();
  const use = { id: "toolu_1", name: "Bash", input: { command: "ls" } };
  const claude = await fakeClaude(
    sandbox,
    `cat; ${emit(initLine(), toolUseLine(use), textLine("It's 100 % \\n done"), resultLine())}`,
  );
  await using version = startProcess([claude, "--version"], { sandbox });
  assertEquals((await version.finished).stdout, "2.1.197 (Claude Code)\n");
  await using process = startProcess([claude, "-p"], { sandbox, stdin: "" });
  const { stdout } = await process.finished;
  assertEquals(messages(stdout).map(({ type }) => type), [
    "system",
    "assistant",
    "assistant",
    "result",
  ]);
  assertEquals(blocks(stdout, "text").map((block) => block.text), ["It's 100 % \\n done"]);
});

Deno.test("the demo session finds the failing test and fixes it", async () => {
  await using sandbox = await makeSandbox();
  const { project } = sandbox;
  for (const [name, content] of Object.entries(DEMO_FILES)) {
    await Deno.writeTextFile(`${project}/${name}`, content);
  }
  await using api = await startMessagesApi({ respond: demoScript({ project }) });
  await using process = startProcess(
    [
      await claudePath(),
      "-p",
      "--output-format",
      "stream-json",
      "--verbose",
      "--dangerously-skip-permissions",
    ],
    { sandbox, apiUrl: api.url, stdin: DEMO_PROMPT },
  );
  const { stdout } = await process.finished;
  assertStringIncludes(asString(lastResult(stdout).result), "The tests pass again.");
  const results = blocks(stdout, "tool_result");
  assertStringIncludes(asString(results[0]?.content), "2 of 3 passed");
  assertStringIncludes(asString(results.at(-1)?.content), "3 of 3 passed");
});

Deno.test("ccrun runs directly and as a command of a script", async () => {
  await using sandbox = await makeSandbox();
  const alone = await runCcrun(["--version"], { sandbox });
  const [inScript, path] = (await shellCcrun("ccrun --version; command -v ccrun", { sandbox }))
    .stdout.trimEnd().split("\n");
  assertEquals(`${inScript}\n`, alone.stdout);
  assertEquals(path, `${sandbox.bin}/ccrun`);
});

Deno.test("a process that does not exit is killed, and the failure shows its output", async () => {
  await using sandbox = await makeSandbox();
  await using process = startProcess(["/bin/sh", "-c", "echo waiting; exec sleep 77"], {
    sandbox,
    limitMs: 300,
  });
  await assertRejects(
    () => process.finished,
    Error,
    "did not exit within 300 ms\nstdout:\nwaiting",
  );
  await sandbox.assertNothingLeft();
});
