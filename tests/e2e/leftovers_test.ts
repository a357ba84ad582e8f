/**
 * No process of a run outlives it, however the run ends.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { apiError, message, type Reply, text } from "../support/api_reply.ts";
import { runCcrun } from "../support/ccrun.ts";
import { emit, fakeClaude, initLine, resultLine } from "../support/fake_claude.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";
import { withFake } from "./fake_scene.ts";
import {
  assertNothingLeft,
  bash,
  checked,
  eventOf,
  eventsOf,
  type JsonRun,
  type Scene,
  SKIP,
  toolStarted,
  withScene,
} from "./scene.ts";
import { assertGone, type Leftover, makeLeftover, makeLeftovers } from "./leftovers.ts";

const NEEDS = { commands: ["setsid", "nohup"] };

/** The ways in which a process can leave the one that started it. */
const WAYS = {
  nohup: ({ command }: Leftover) => `nohup ${command} &`,
  subshell: ({ command }: Leftover) => `(${command} &)`,
  session: ({ command }: Leftover) => `setsid ${command} &`,
  doubleFork: ({ command }: Leftover) => `(setsid sh -c '(setsid "$@" &)' sh ${command} &)`,
  // Only its session shows that it belongs to the run.
  cleared: ({ command }: Leftover) => `env -i ${command} &`,
  // Ignored signals are inherited.
  deaf: ({ command }: Leftover) => `(trap '' TERM INT HUP; ${command} &)`,
} as const;

const NAMES = Object.keys(WAYS) as (keyof typeof WAYS)[];

/** Returns the commands that start all leftovers, one after the other. */
function startAll(leftovers: Readonly<Record<keyof typeof WAYS, Leftover>>): string {
  return NAMES.map((name) => `${WAYS[name](leftovers[name])}\n${leftovers[name].awaited}`).join(
    "\n",
  );
}

/** Plays a scene in which a tool starts all leftovers and then runs another command. */
async function withLeftovers(
  more: string,
  next: Reply,
  act: (scene: Scene, leftovers: readonly Leftover[]) => Promise<void>,
): Promise<void> {
  let command = "";
  const replies: Reply[] = [() => message(text("I start it."), bash(command)), next];
  await withScene(replies, async (scene) => {
    await using leftovers = makeLeftovers(scene.sandbox, NAMES);
    command = `${startAll(leftovers)}\n${more}`;
    await act(scene, NAMES.map((name) => leftovers[name]));
  });
}

/** Returns the notices about leftover processes. */
function named(run: Pick<JsonRun, "events">, kind = "left_behind"): string {
  return eventsOf(run, "notice").filter((notice) => notice.kind === kind)
    .map((notice) => JSON.stringify(notice)).join("\n");
}

/** A short grace period, because one of the leftovers ignores signals. */
const GRACE = ["--grace", "2s"];

testWith(NEEDS, "ccrun stops the leftovers of a successful run and reports them", async () => {
  await withLeftovers("true", text("Started."), async ({ json }, leftovers) => {
    const events = await json([SKIP, ...GRACE, "Start it."]);
    await assertGone(...leftovers);
    assertEquals([events.code, eventOf(events, "result").text], [0, "Started."]);
    for (const { name } of leftovers) assertStringIncludes(named(events), name);
    const notice = eventsOf(events, "notice").find(({ kind }) => kind === "left_behind");
    assertEquals(notice?.level, "info");
    assertStringIncludes(notice?.text ?? "", "leftover process");
  });
});

testWith(NEEDS, "ccrun stops the leftovers of a failed run", async () => {
  const failure = apiError(400, "invalid_request_error", "no");
  await withLeftovers("true", failure, async ({ run }, leftovers) => {
    const { code, stderr } = await run([SKIP, ...GRACE, "Start it."]);
    await assertGone(...leftovers);
    assertEquals(code, 4, stderr);
    for (const { name } of leftovers) assertStringIncludes(stderr, name);
  });
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130], ["SIGHUP", 129]] as const) {
  testWith(NEEDS, `ccrun stops all processes of a run at ${signal}`, async () => {
    await withLeftovers("touch started; sleep 377", text("Never."), async (scene, leftovers) => {
      await using process = await scene.start(["--json", SKIP, ...GRACE, "Start it."]);
      await toolStarted(scene.sandbox);
      for (const leftover of leftovers) await leftover.running();
      process.kill(signal);
      const events = checked(await process.finished);
      await assertGone(...leftovers);
      await assertNothingLeft(scene.sandbox);
      assertEquals(events.code, code);
    });
  });
}

testWith(
  NEEDS,
  "ccrun kills everything at the second signal, even in a long grace period",
  async () => {
    await withLeftovers("touch started; sleep 377", text("Never."), async (scene, leftovers) => {
      const [polite, ...others] = leftovers;
      await using process = await scene.start(["--json", SKIP, "--grace", "1h", "Start it."]);
      await toolStarted(scene.sandbox);
      for (const leftover of others) await leftover.running();
      process.kill("SIGTERM");
      // Only the deaf process still runs, and would do so for an hour.
      await polite?.gone();
      process.kill("SIGTERM");
      const events = checked(await process.finished);
      await assertGone(...leftovers);
      await assertNothingLeft(scene.sandbox);
      assertEquals([events.code, events.exit.signal], [143, "SIGTERM"]);
    });
  },
);

Deno.test("ccrun finds a process without a token by its session", async () => {
  let command = "";
  await withScene([() => bash(command), text("Started.")], async ({ sandbox, json }) => {
    await using leftover = makeLeftover(sandbox);
    // The guardian scans every 2 s. At the end of the tool the session has no leader.
    command = `${WAYS.cleared(leftover)}\n${leftover.awaited}; sleep 3`;
    const events = await json([SKIP, "Start it."]);
    await assertGone(leftover);
    assertEquals(events.code, 0);
    assertStringIncludes(named(events), leftover.name);
  });
});

testWith(
  NEEDS,
  "ccrun finds a process without a token in another session by its parent",
  async () => {
    let command = "";
    await withScene([() => bash(command), text("Never.")], async ({ sandbox, start }) => {
      await using leftover = makeLeftover(sandbox);
      command = `env -i setsid ${leftover.command} & ${leftover.awaited}; touch started; wait`;
      await using process = await start(["--json", SKIP, "Start it."]);
      await toolStarted(sandbox);
      await leftover.running();
      process.kill("SIGTERM");
      assertEquals(checked(await process.finished).code, 143);
      await assertGone(leftover);
      await assertNothingLeft(sandbox);
    });
  },
);

testWith(NEEDS, "SIGKILL of ccrun leaves nothing of a run", async () => {
  const more = "touch started; sleep 377";
  await withLeftovers(more, text("Never."), async ({ sandbox, start }, leftovers) => {
    await using process = await start(["--json", SKIP, ...GRACE, "Start it."]);
    await toolStarted(sandbox);
    for (const leftover of leftovers) await leftover.running();
    process.kill("SIGKILL");
    assertEquals((await process.finished.catch(() => ({ code: 137 }))).code, 137);
    for (const leftover of leftovers) await leftover.gone();
    await sandbox.assertNothingLeft();
  });
});

/** An MCP server that ignores signals. */
const MCP_SERVER = `
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => {});
setInterval(() => {}, 1000);
spawn("sh", ["-c", process.argv[2]], { stdio: "ignore", detached: true });
const say = (id, result) => console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  const serverInfo = { name: "stubborn", version: "1" };
  const { protocolVersion } = params ?? {};
  if (method === "initialize") say(id, { protocolVersion, capabilities: { tools: {} }, serverInfo });
  else if (method === "tools/list") say(id, { tools: [] });
  else if (id !== undefined) say(id, {});
});
`;

Deno.test("ccrun stops an MCP server that ignores signals, and its descendants", async () => {
  await withScene([bash("echo works"), text("Done.")], async ({ sandbox, json }) => {
    await using leftover = makeLeftover(sandbox);
    const server = `${sandbox.root}/server.mjs`;
    await Deno.writeTextFile(server, MCP_SERVER);
    const args = [server, `exec ${leftover.command}`];
    const config = JSON.stringify({ mcpServers: { stubborn: { command: "node", args } } });
    const events = await json([SKIP, ...GRACE, "--mcp-config", config, "Work."]);
    await assertGone(leftover);
    const [session] = eventsOf(events, "session_info");
    assertEquals(session?.mcp_servers?.map(({ name }) => name), ["stubborn"]);
    assertEquals([events.code, eventOf(events, "result").text], [0, "Done."]);
    assertStringIncludes(named(events), leftover.name);
  });
});

testWith(NEEDS, "ccrun does not touch the processes of another run", async () => {
  let command = "";
  const replies = [() => bash(command), text("Done.")];
  await withScene(replies, async ({ sandbox, json, start }) => {
    await using leftovers = makeLeftovers(sandbox, ["here", "there"]);
    const options = { cwd: sandbox.home };
    command = `${
      WAYS.doubleFork(leftovers.there)
    }\n${leftovers.there.awaited}; touch started; sleep 377`;
    await using there = await start(["--json", SKIP, "Start it."]);
    await toolStarted(sandbox);
    await leftovers.there.running();
    const before = await sandbox.processes();

    command = `${WAYS.doubleFork(leftovers.here)}\n${leftovers.here.awaited}`;
    await using here = await start(["--json", SKIP, "Start it."], options);
    const events = checked(await here.finished);
    assertEquals(events.code, 0);
    await assertGone(leftovers.here);
    assertEquals((await leftovers.there.pids()).length, 1);
    const after = new Set(await sandbox.processes());
    assertEquals(before.filter((pid) => !after.has(pid)), []);

    there.kill("SIGTERM");
    assertEquals(checked(await there.finished).code, 143);
    await assertGone(leftovers.there);
    assertEquals(eventsOf(await json([SKIP, "--max-turns", "1", "Start it."]), "result").length, 1);
  });
});

/** Returns the command of a tool that starts two leftovers, which become orphans. */
function twoLeftovers(leftovers: Readonly<Record<"nohup" | "session", Leftover>>): string {
  const { nohup, session } = leftovers;
  return `${WAYS.nohup(nohup)}\n${WAYS.session(session)}\n${nohup.awaited}\n${session.awaited}`;
}

testWith(
  NEEDS,
  "ccrun --keep-background keeps the leftovers of a successful run and lists them",
  async () => {
    let command = "";
    const replies: Reply[] = [() => bash(command), text("Started.")];
    await withScene(replies, async ({ sandbox, start }) => {
      for (const [args, said] of [[["--json"], "stdout"], [[], "stderr"]] as const) {
        await using leftovers = makeLeftovers(sandbox, ["nohup", "session"]);
        command = twoLeftovers(leftovers);
        await using process = await start([...args, SKIP, "--keep-background", "Start it."]);
        const result = await process.finished;
        assertEquals(result.code, 0, result.stderr);
        const line = result[said].split("\n").find((line) =>
          /kept (?:a leftover process|leftover processes): /.test(line)
        ) ?? "";
        for (const { name, pids } of [leftovers.nohup, leftovers.session]) {
          const [pid, ...others] = await pids();
          assertEquals(others, []);
          assertStringIncludes(line, `${name} (pid ${pid})`);
          Deno.kill(pid ?? 0, "SIGKILL");
        }
        await assertNothingLeft(sandbox);
      }
      // Without leftovers there is no notice.
      command = "true";
      await using process = await start(["--json", SKIP, "--keep-background", "Start it."]);
      const events = checked(await process.finished);
      assertEquals([events.code, named(events)], [0, ""]);
    });
  },
);

testWith(
  NEEDS,
  "ccrun --keep-background keeps nothing if the run fails or is stopped",
  async () => {
    let command = "";
    let next: Reply = apiError(400, "invalid_request_error", "no");
    const replies: Reply[] = [() => bash(command), () => next];
    await withScene(replies, async ({ sandbox, json, start }) => {
      {
        await using leftovers = makeLeftovers(sandbox, ["nohup", "session"]);
        command = twoLeftovers(leftovers);
        const events = await json([SKIP, "--keep-background", "Start it."]);
        await assertGone(leftovers.nohup, leftovers.session);
        assertEquals(events.code, 4);
        assertStringIncludes(named(events), "leftover process");
        assertStringIncludes(named(events), leftovers.session.name);
      }
      next = text("Never.");
      await using leftovers = makeLeftovers(sandbox, ["nohup", "session"]);
      command = `${twoLeftovers(leftovers)}\ntouch started; sleep 377`;
      await using process = await start(["--json", SKIP, "--keep-background", "Start it."]);
      await toolStarted(sandbox);
      process.kill("SIGINT");
      assertEquals(checked(await process.finished).code, 130);
      await assertGone(leftovers.nohup, leftovers.session);
    });
  },
);

/** How a fake claude leaves something behind and exits. */
const FORKS: readonly (readonly [string, (leftover: Leftover) => string])[] = [
  [
    "starts a process and dies of SIGKILL",
    (leftover) => `${leftover.command} & ${leftover.awaited}; kill -KILL $$`,
  ],
  [
    "starts a daemon and dies of SIGSEGV",
    (leftover) =>
      `(setsid sh -c '(setsid "$@" &)' sh ${leftover.command} &); ${leftover.awaited}; kill -SEGV $$`,
  ],
  [
    "starts a process and exits",
    (leftover) => `(${leftover.command} &); ${leftover.awaited}; exit 3`,
  ],
];

for (const [what, script] of FORKS) {
  testWith(NEEDS, `ccrun stops the leftovers of a claude that ${what}`, async () => {
    await using sandbox = await makeSandbox();
    await using leftover = makeLeftover(sandbox);
    const path = await fakeClaude(
      sandbox,
      `head -n 1 >/dev/null\n${emit(initLine())}${script(leftover)}`,
    );
    const { code, stderr } = await runCcrun(["-q", "--claude", path, "hi"], { sandbox });
    assertEquals(code, 1, stderr);
    await assertGone(leftover);
    await assertNothingLeft(sandbox);
  });
}

testWith(NEEDS, "ccrun stops processes that fork when they are asked to exit", async () => {
  // Each process starts two others in new sessions when it receives SIGTERM.
  const body = `cat >"$HOME/hydra" <<'END'
trap 'setsid sh "$0" & setsid sh "$0" & exit' TERM
while :; do sleep 0.05; done
END
setsid sh "$HOME/hydra" </dev/null >/dev/null 2>&1 &
${emit(initLine(), resultLine())}`;
  await withFake(body, async ({ run }) => {
    const { code, stderr } = await run(["-q", "--grace", "1s", "hi"]);
    assertEquals(code, 0, stderr);
  });
});
