import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { Conversations, type StoredConversation } from "../../lib/serve/conversations.ts";
import type { ServeOutput } from "../../lib/serve/messages.ts";
import { Server, type ServerOptions } from "../../lib/serve/server.ts";
import { ClaudeSessionPool } from "../../lib/session_pool.ts";
import { conversingClaude } from "../support/conversing_claude.ts";
import type { JsonObject } from "../support/json.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { assertServeOutput, eventsOfRequest } from "../support/serve_output.ts";
import { waitFor } from "../support/wait_for.ts";

/** Longer than a request takes on a loaded machine. */
const DONE_WITHIN_MS = 20_000;

/** A service with a fake claude, whose input is written and whose output is read by a test. */
interface Service {
  readonly sandbox: Sandbox;
  readonly server: Server;
  /** The output so far. */
  readonly output: JsonObject[];
  send(...lines: readonly (JsonObject | string)[]): void;
  /** Waits for the exit of a request. */
  exited(...ids: readonly string[]): Promise<void>;
  /** Waits for a line with these fields. */
  wrote(fields: JsonObject): Promise<JsonObject>;
  /** Returns the answer of a request that has ended. */
  answer(id: string): unknown;
  /** Returns the exit of a request that has ended. */
  exit(id: string): JsonObject;
}

interface TestServerOptions extends Partial<ServerOptions> {
  readonly claudePath?: string;
  readonly allowedDirs?: (sandbox: Sandbox) => string[];
  readonly stored?: (sandbox: Sandbox) => ReadonlyMap<string, StoredConversation>;
  /** Delays the requests whose conversations were opened. */
  readonly onOpened?: () => Promise<void>;
}

/** Creates a service that works in the project of a sandbox. */
function serverIn(sandbox: Sandbox, options: TestServerOptions): Server {
  const { claudePath, maxProcesses = 8, allowedDirs, stored, onOpened, ...others } = options;
  class DelayedConversations extends Conversations {
    override async open(...args: Parameters<Conversations["open"]>) {
      const conversation = await super.open(...args);
      await onOpened?.();
      return conversation;
    }
  }
  return new Server({
    pool: new ClaudeSessionPool({
      workspace: sandbox.project,
      claudePath,
      env: sandbox.env(),
      keepAliveMs: 60_000,
      maxProcesses,
    }),
    conversations: new DelayedConversations({
      cwd: sandbox.project,
      allowedDirs: allowedDirs?.(sandbox) ?? [],
      env: sandbox.env(),
      stored: stored?.(sandbox),
    }),
    cwd: sandbox.project,
    jobs: 4,
    maxProcesses,
    permissionModes: ["plan", "default"],
    write: () => {},
    ...others,
  });
}

async function withService(
  act: (service: Service) => Promise<void>,
  options: TestServerOptions = {},
): Promise<void> {
  await using sandbox = await makeSandbox();
  const output: JsonObject[] = [];
  const server = serverIn(sandbox, {
    claudePath: await conversingClaude(sandbox),
    write: (message) => void output.push(JSON.parse(JSON.stringify(message))),
    ...options,
  });
  const input = new TransformStream<string, string>(undefined, { highWaterMark: Infinity });
  const writer = input.writable.getWriter();
  const serving = server.serve(input.readable);
  const find = (fields: JsonObject) =>
    output.find((line) => Object.entries(fields).every(([name, value]) => line[name] === value));
  const found = async (fields: JsonObject) => {
    await waitFor(() => find(fields) !== undefined, DONE_WITHIN_MS);
    const line = find(fields);
    assert(line !== undefined, `no ${JSON.stringify(fields)} in ${JSON.stringify(output)}`);
    return line;
  };
  const linesOf = (id: string, type: string) =>
    output.filter((line) => line["request"] === id && line["type"] === type);
  await act({
    sandbox,
    server,
    output,
    send(...lines) {
      for (const line of lines) {
        void writer.write(typeof line === "string" ? line : JSON.stringify(line));
      }
    },
    async exited(...ids) {
      for (const id of ids) await found({ type: "exit", request: id });
    },
    wrote: found,
    answer: (id) => linesOf(id, "result").at(-1)?.["answer"],
    exit(id) {
      const exits = linesOf(id, "exit");
      assertEquals(exits.length, 1, `exits of ${id}`);
      return exits[0] ?? {};
    },
  });
  await writer.close();
  await serving;
  assertServeOutput(output);
  await sandbox.assertNothingLeft();
}

Deno.test("a conversation continues from request to request, in order", async () => {
  await withService(async ({ output, send, exited, answer }) => {
    const requests = ["one", "two", "three"].map((prompt, index) => ({
      id: `r${index}`,
      session: "chat-42",
      prompt,
    }));
    send(...requests);
    await exited("r0", "r1", "r2");
    assertEquals(["r0", "r1", "r2"].map(answer), ["1: one", "2: two", "3: three"]);
    assertEquals(output[0]?.["type"], "ready");
    assert(eventsOfRequest(output, "r1").every((event) => event["session"] === "chat-42"));
  });
});

Deno.test("conversations run side by side, up to the number of jobs", async () => {
  await withService(async ({ send, exited, exit, wrote, answer }) => {
    send({ id: "hang", session: "a", prompt: "hang" }, { id: "b", session: "b", prompt: "b" });
    send({ id: "c", prompt: "c" }, { id: "d", prompt: "d" });
    await exited("b", "c", "d");
    assertEquals(["b", "c", "d"].map(answer), ["1: b", "1: c", "1: d"]);
    send({ stats: true });
    const stats = await wrote({ type: "stats" });
    assertEquals([stats["running"], stats["waiting"], stats["conversations"]], [1, 0, 4]);
    send({ cancel: "hang" });
    await exited("hang");
    assertEquals(exit("hang")["code"], 130);
  }, { jobs: 2 });
});

Deno.test("a canceled request ends with 130, and the conversation continues", async () => {
  await withService(async ({ output, send, exited, exit, answer, wrote }) => {
    send(
      { id: "r1", session: "a", prompt: "hang" },
      { id: "r2", session: "a", prompt: "never" },
      { id: "r3", session: "a", prompt: "three" },
    );
    await wrote({ type: "session_info", request: "r1" });
    send({ cancel: "r2" }, { cancel: "r1" }, { cancel: "r9" });
    await exited("r1", "r2", "r3");
    assertEquals([exit("r1")["code"], exit("r2")["code"]], [130, 130]);
    assertEquals(answer("r3"), "2: three");
    const states = output.filter(({ type }) => type === "canceled").map(({ state }) => state);
    assertEquals(states, ["waiting", "running", "unknown"]);
    assertEquals(eventsOfRequest(output, "r2").map(({ type }) => type), ["start", "error", "exit"]);
  });
});

Deno.test("a conversation that was closed begins anew, and its session can be resumed", async () => {
  await withService(async ({ send, exited, answer, wrote }) => {
    send(
      { id: "r1", session: "a", prompt: "one" },
      { close: "a" },
      { id: "r2", session: "a", prompt: "two" },
      { close: "unknown" },
    );
    await exited("r1", "r2");
    const closed = await wrote({ type: "closed", session: "a" });
    assertEquals([answer("r1"), answer("r2"), closed["known"]], ["1: one", "1: two", true]);
    assertEquals((await wrote({ type: "closed", session: "unknown" }))["known"], false);
    send({ id: "r3", session: closed["session_id"], prompt: "three" });
    await exited("r3");
    assertEquals(answer("r3"), "2: three");
  });
});

Deno.test("a request that comes during a close begins the conversation that continues", async () => {
  const closed = Promise.withResolvers<void>();
  let opened = 0;
  await withService(async ({ send, exited, answer, wrote }) => {
    send({ id: "r1", session: "a", prompt: "x" });
    await exited("r1");
    send({ close: "a" }, { id: "r2", session: "a", prompt: "one" });
    await wrote({ type: "closed", session: "a" });
    closed.resolve();
    await exited("r2");
    send({ id: "r3", session: "a", prompt: "two" });
    await exited("r3");
    assertEquals([answer("r2"), answer("r3")], ["1: one", "2: two"]);
  }, {
    // The second request looks at its directory during the close.
    onOpened: () => ++opened === 2 ? closed.promise : Promise.resolve(),
  });
});

Deno.test("a fork takes over the name of its conversation", async () => {
  await withService(async ({ send, exited, exit, answer }) => {
    send({ id: "r0", session: "a", prompt: "zero", fork: true });
    send({ id: "r1", session: "a", prompt: "one" });
    send({ id: "r2", session: "a", prompt: "two", fork: true });
    await exited("r0", "r1", "r2");
    const [first, fork] = [exit("r1")["session_id"], exit("r2")["session_id"]];
    send({ id: "r3", session: "a", prompt: "three" }, { id: "r4", session: first, prompt: "four" });
    send({ id: "r5", session: fork, prompt: "five" });
    await exited("r3", "r4", "r5");
    assertEquals(exit("r0")["code"], 2);
    assertEquals(["r1", "r2", "r3", "r4", "r5"].map(answer), [
      "1: one",
      "2: two",
      "3: three",
      "2: four",
      "4: five",
    ]);
    assertEquals([exit("r3")["session_id"], exit("r4")["session_id"]], [fork, first]);
  });
});

Deno.test("a request chooses its model, permission mode and time limit", async () => {
  await withService(async ({ send, exited, exit, wrote }) => {
    const options = { model: "haiku", permission_mode: "plan" };
    send({ id: "r1", session: "a", prompt: "one", ...options });
    send({ id: "r2", session: "b", prompt: "hang", timeout: "1s" });
    send({ id: "r3", session: "a", prompt: "x", permission_mode: "bypassPermissions" });
    await exited("r1", "r2", "r3");
    const info = await wrote({ type: "session_info", request: "r1" });
    assertEquals([info["model"], info["permission_mode"]], ["haiku", "plan"]);
    assertEquals([exit("r2")["code"], exit("r3")["code"]], [124, 2]);
  });
});

Deno.test("a conversation works in a directory that the service allows, and stays there", async () => {
  await withService(async ({ sandbox, send, exited, exit, output }) => {
    await Deno.mkdir(`${sandbox.project}/sub`);
    await Deno.symlink("/etc", `${sandbox.project}/link`);
    send({ id: "r1", session: "a", prompt: "one", cwd: "sub" });
    send({ id: "r2", session: "a", prompt: "two" }, {
      id: "r3",
      session: "a",
      prompt: "x",
      cwd: ".",
    });
    send({ id: "r4", session: "b", prompt: "x", cwd: "/etc" });
    send({ id: "r5", session: "b", prompt: "x", cwd: "link" });
    send({ id: "r6", session: "b", prompt: "x", cwd: "sub/../.." });
    send({ id: "r7", session: "b", prompt: "one", cwd: `${sandbox.root}/other` });
    send({ id: "r8", session: "c", prompt: "x", cwd: "missing" });
    const ids = ["r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8"];
    await exited(...ids);
    assertEquals(ids.map((id) => exit(id)["code"]), [0, 0, 2, 2, 2, 2, 0, 2]);
    const cwds = output.filter(({ type }) => type === "start").map((
      { request, cwd },
    ) => [request, cwd]);
    assert(cwds.some(([id, cwd]) => id === "r2" && cwd === `${sandbox.project}/sub`));
  }, {
    allowedDirs(sandbox) {
      Deno.mkdirSync(`${sandbox.root}/other`);
      return [`${sandbox.root}/other`];
    },
  });
});

Deno.test("a request that waits does not follow a link that replaces its directory", async () => {
  await withService(async ({ sandbox, send, exited, exit, wrote }) => {
    await Deno.mkdir(`${sandbox.project}/sub`);
    send({ id: "r1", session: "a", prompt: "hang" });
    send({ id: "r2", session: "b", prompt: "x", cwd: "sub" }, { stats: true });
    await wrote({ type: "stats", waiting: 1 });
    await Deno.rename(`${sandbox.project}/sub`, `${sandbox.project}/moved`);
    await Deno.symlink("/etc", `${sandbox.project}/sub`);
    send({ cancel: "r1" });
    await exited("r1", "r2");
    assertEquals(exit("r2")["code"], 2);
    const { error } = await wrote({ type: "error", request: "r2" });
    assertMatch(JSON.stringify(error), /the working directory is not one that this service allows/);
  }, { jobs: 1 });
});

Deno.test("a line that is not valid is reported, and the service continues", async () => {
  await withService(async ({ output, send, exited, exit, answer, wrote }) => {
    send("not json", "", { id: "r1", session: "a", prompt: 1 }, { id: "r2", prompt: "two" });
    send({ id: "r2", prompt: "again" });
    await exited("r1", "r2");
    assertEquals((await wrote({ type: "error", line: 1 }))["request"], undefined);
    assertEquals((await wrote({ type: "error", line: 5 }))["request"], "r2");
    assertEquals([exit("r1")["code"], answer("r2")], [2, "1: two"]);
    assertEquals(eventsOfRequest(output, "r1").map(({ type, line }) => [type, line]), [
      ["start", undefined],
      ["error", 3],
      ["exit", undefined],
    ]);
  });
});

Deno.test("at most 1000 requests wait, and a further one fails at once", async () => {
  await withService(async ({ send, exited, exit, wrote, server }) => {
    send({ id: "first", session: "a", prompt: "hang" });
    await wrote({ type: "session_info", request: "first" });
    const ids = Array.from({ length: 1_001 }, (_, index) => `r${index}`);
    send(...ids.map((id) => ({ id, session: "a", prompt: "x" })));
    await exited("r1000");
    assertEquals(exit("r1000")["code"], 2);
    send({ close: "a" });
    await wrote({ type: "error", line: 1_003 });
    send({ id: "other", session: "b", prompt: "still runs" });
    await exited("other");
    server.stop({
      failure: { kind: "terminate", message: "stopped by SIGTERM" },
      signal: "SIGTERM",
    });
    await exited("first", ...ids);
    assertEquals([exit("first")["code"], exit("r0")["code"], exit("r999")["code"]], [
      143,
      143,
      143,
    ]);
  });
});

Deno.test("the prompts that wait are limited in length", async () => {
  await withService(async ({ send, exited, exit, wrote }) => {
    const long = "x".repeat(33 * 1024 * 1024);
    send({ id: "hang", session: "a", prompt: "hang" });
    await wrote({ type: "session_info", request: "hang" });
    for (const id of ["r1", "r2"]) send({ id, session: "a", prompt: long });
    await exited("r2");
    assertEquals(exit("r2")["code"], 2);
    send({ cancel: "r1" }, { cancel: "hang" });
    await exited("r1", "hang");
    assertEquals(exit("r1")["code"], 130);
  });
});

Deno.test("a reader that does not read keeps the service from reading", async () => {
  await using sandbox = await makeSandbox();
  let read = 0;
  async function* lines() {
    while (read < 100) {
      read++;
      yield '{"stats":true}';
    }
  }
  const room = Promise.withResolvers<void>();
  const serving = serverIn(sandbox, {
    write: (message) => message.type === "stats" ? room.promise : undefined,
  }).serve(lines());
  await waitFor(() => read > 0, DONE_WITHIN_MS);
  for (let turn = 0; turn < 1_000; turn++) await Promise.resolve();
  assertEquals(read, 1);
  room.resolve();
  await serving;
  assertEquals(read, 100);
});

Deno.test("a request that comes after a stop is not started", async () => {
  await withService(async ({ send, server, exited, exit }) => {
    server.stop({ failure: { kind: "terminate", message: "stopped" }, signal: "SIGTERM" });
    send({ id: "r1", session: "a", prompt: "hang" });
    await exited("r1");
    const { code, signal } = exit("r1");
    assertEquals([code, signal], [143, "SIGTERM"]);
  });
});

Deno.test("input that cannot be read fails the service when its requests have ended", async () => {
  await using sandbox = await makeSandbox();
  const ids: unknown[] = [];
  async function* lines() {
    yield '{"id":"r1","prompt":"one"}';
    throw new Error("Is a directory (os error 21)");
  }
  const claudePath = await conversingClaude(sandbox);
  const write = (message: ServeOutput) => void ids.push(message.type);
  await assertRejects(
    () => serverIn(sandbox, { write, claudePath }).serve(lines()),
    CcrunError,
    "cannot read stdin: Is a directory",
  );
  assertEquals(ids.at(-1), "exit");
});

Deno.test("the names of an earlier service continue their conversations", async () => {
  const id = "0a52f0c6-1c5e-4c3f-9b0e-0f0f3c1d2e4b";
  let changes = 0;
  await withService(async ({ sandbox, send, exited, exit, answer }) => {
    await Deno.writeTextFile(`${sandbox.home}/sessions/${id}`, "before\n");
    send({ id: "r1", session: "chat-42", prompt: "two" }, {
      id: "r2",
      session: "new",
      prompt: "one",
    });
    await exited("r1", "r2");
    assertEquals([answer("r1"), answer("r2"), exit("r1")["session_id"]], ["2: two", "1: one", id]);
    assertEquals(changes, 1);
  }, {
    stored: ({ project }) => new Map([["chat-42", { session_id: id, cwd: project }]]),
    onSessionsChanged: () => void changes++,
  });
});

Deno.test("a stored conversation needs a directory that the service still allows", async () => {
  const stored = { session_id: "0a52f0c6-1c5e-4c3f-9b0e-0f0f3c1d2e4b", cwd: "/usr" };
  await withService(async ({ send, exited, exit }) => {
    send({ id: "r1", session: "a", prompt: "x" });
    await exited("r1");
    assertEquals(exit("r1")["code"], 2);
  }, { stored: () => new Map([["a", stored]]) });
});

Deno.test("a conversation whose session was deleted says so until it is closed", async () => {
  const id = "0a52f0c6-1c5e-4c3f-9b0e-0f0f3c1d2e4b";
  await withService(async ({ sandbox, send, exited, exit, answer, wrote }) => {
    await Deno.mkdir(`${sandbox.home}/.claude`);
    send({ id: "r1", session: "a", prompt: "x" }, { id: "r2", session: "a", prompt: "x" });
    await exited("r1", "r2");
    assertEquals([exit("r1")["code"], exit("r2")["code"]], [2, 2]);
    assertEquals((await wrote({ type: "error", request: "r2" }))["error"], {
      kind: "usage",
      message: `the session of this conversation is no longer stored: ${id}`,
      hint: "close the conversation to begin it anew",
    });
    send({ close: "a" });
    await wrote({ type: "closed", session: "a" });
    send({ id: "r3", session: "a", prompt: "x" });
    await exited("r3");
    assertEquals(answer("r3"), "1: x");
  }, { stored: ({ project }) => new Map([["a", { session_id: id, cwd: project }]]) });
});

Deno.test("a session that is not stored is a usage error", async () => {
  await withService(async ({ sandbox, send, exited, exit, wrote }) => {
    await Deno.mkdir(`${sandbox.home}/.claude`);
    send({ id: "r1", session: "0a52f0c6-1c5e-4c3f-9b0e-0f0f3c1d2e4b", prompt: "x" });
    await exited("r1");
    assertEquals(exit("r1")["code"], 2);
    const { error } = await wrote({ type: "error", request: "r1" });
    assertMatch(JSON.stringify(error), /unknown session/);
  });
});

Deno.test("the conversations without a name that were used the longest ago are forgotten", async () => {
  await withService(async ({ send, exited, exit, answer, wrote }) => {
    for (const id of ["r1", "r2", "r3", "r4"]) {
      send({ id, prompt: "one" });
      await exited(id);
    }
    send({ stats: true });
    const stats = await wrote({ type: "stats" });
    assertEquals(stats["conversations"], 2);
    // A session continues by its id.
    send({ id: "r5", session: exit("r1")["session_id"], prompt: "two" });
    await exited("r5");
    assertEquals(answer("r5"), "2: two");
  }, { maxUnnamed: 2 });
});
