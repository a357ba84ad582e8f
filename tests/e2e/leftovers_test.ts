/**
 * No process of a run outlives it, however the run ends.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { message, type Reply, text } from "../support/api_reply.ts";
import { emit, initLine, resultLine } from "../support/fake_claude.ts";
import { testWith } from "../support/test_with.ts";
import { type FakeScene, withFake } from "./fake_scene.ts";
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
  return NAMES.map((name) => `${WAYS[name](leftovers[name])}\n${leftovers[name].waitCommand}`).join(
    "\n",
  );
}

/** Plays a scene in which a tool of the real claude starts all leftovers and then runs another command. */
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

/** A scene with a fake claude that runs shell commands. */
interface CommandScene extends FakeScene {
  /** Sets the commands of the next claude. */
  setCommands(commands: string): Promise<void>;
}

async function withCommands(act: (scene: CommandScene) => Promise<void>): Promise<void> {
  await withFake('. "$gates/commands"', async (scene) => {
    const path = `${scene.sandbox.root}/commands`;
    await act({ ...scene, setCommands: (commands) => Deno.writeTextFile(path, commands) });
  });
}

/** Returns the notices about leftover processes. */
function leftoverNotices(run: Pick<JsonRun, "events">): string {
  return eventsOf(run, "notice").filter(({ kind }) => kind === "left_behind")
    .map((notice) => JSON.stringify(notice)).join("\n");
}

/** A short grace period, because one of the leftovers ignores signals. */
const GRACE = ["--grace", "1s"];

testWith(NEEDS, "ccrun stops the leftovers of a successful run and reports them", async () => {
  await withLeftovers("true", text("Started."), async ({ json }, leftovers) => {
    const events = await json([SKIP, ...GRACE, "Start it."]);
    await assertGone(...leftovers);
    assertEquals([events.code, eventOf(events, "result").text], [0, "Started."]);
    for (const { name } of leftovers) assertStringIncludes(leftoverNotices(events), name);
    const notice = eventsOf(events, "notice").find(({ kind }) => kind === "left_behind");
    assertEquals(notice?.level, "info");
    assertStringIncludes(notice?.text ?? "", "leftover process");
  });
});

testWith(NEEDS, "ccrun stops all processes of a run at SIGHUP", async () => {
  await withLeftovers("touch started; sleep 377", text("Never."), async (scene, leftovers) => {
    await using process = await scene.start(["--json", SKIP, ...GRACE, "Start it."]);
    await toolStarted(scene.sandbox);
    for (const leftover of leftovers) await leftover.untilRunning();
    process.kill("SIGHUP");
    const events = checked(await process.finished);
    await assertGone(...leftovers);
    await assertNothingLeft(scene.sandbox);
    assertEquals(events.code, 129);
  });
});

testWith(NEEDS, "SIGKILL of ccrun leaves nothing of a run", async () => {
  const more = "touch started; sleep 377";
  await withLeftovers(more, text("Never."), async ({ sandbox, start }, leftovers) => {
    await using process = await start(["--json", SKIP, ...GRACE, "Start it."]);
    await toolStarted(sandbox);
    for (const leftover of leftovers) await leftover.untilRunning();
    process.kill("SIGKILL");
    assertEquals((await process.finished).signal, "SIGKILL");
    for (const leftover of leftovers) await leftover.untilGone();
    await sandbox.assertNothingLeft();
  });
});

testWith(
  NEEDS,
  "ccrun kills everything at the second signal, even in a long grace period",
  async () => {
    await withCommands(async ({ setCommands, start, sandbox }) => {
      await using leftovers = makeLeftovers(sandbox, NAMES);
      await setCommands(
        `${emit(initLine())}${startAll(leftovers)}\ntouch started; exec sleep 377`,
      );
      await using process = await start(["--json", "--grace", "1h", "Start it."]);
      await toolStarted(sandbox);
      for (const name of NAMES) await leftovers[name].untilRunning();
      process.kill("SIGTERM");
      // Only the deaf process still runs, and would do so for an hour.
      await leftovers.session.untilGone();
      process.kill("SIGTERM");
      const events = checked(await process.finished);
      await assertGone(...NAMES.map((name) => leftovers[name]));
      await assertNothingLeft(sandbox);
      assertEquals([events.code, events.exit.signal], [143, "SIGTERM"]);
    });
  },
);

Deno.test("ccrun finds a process without a token by its session", async () => {
  let command = "";
  await withScene([() => bash(command), text("Started.")], async ({ sandbox, json }) => {
    await using leftover = makeLeftover(sandbox);
    // The guardian scans every 2 s. At the end of the tool the session has no leader.
    command = `${WAYS.cleared(leftover)}\n${leftover.waitCommand}; sleep 3`;
    const events = await json([SKIP, "Start it."]);
    await assertGone(leftover);
    assertEquals(events.code, 0);
    assertStringIncludes(leftoverNotices(events), leftover.name);
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
    const servers = eventsOf(events, "session_info").flatMap((info) => info.mcp_servers ?? []);
    assert(servers.some(({ name }) => name === "stubborn"), events.stdout);
    assertEquals([events.code, eventOf(events, "result").text], [0, "Done."]);
    assertStringIncludes(leftoverNotices(events), leftover.name);
  });
});

testWith(NEEDS, "ccrun does not touch the processes of another run", async () => {
  await withCommands(async ({ sandbox, setCommands, start }) => {
    await using leftovers = makeLeftovers(sandbox, ["here", "there"]);
    const { here, there } = leftovers;
    const startOf = (leftover: Leftover) =>
      `${emit(initLine())}${WAYS.doubleFork(leftover)}\n${leftover.waitCommand}\n`;
    await setCommands(`${startOf(there)}touch started; exec sleep 377`);
    await using first = await start(["--json", "Start it."]);
    await toolStarted(sandbox);
    await there.untilRunning();
    const before = await sandbox.processes();

    await setCommands(`${startOf(here)}${emit(resultLine())}`);
    await using second = await start(["--json", "Start it."]);
    assertEquals(checked(await second.finished).code, 0);
    await assertGone(here);
    const after = new Set(await sandbox.processes());
    assertEquals(before.filter((pid) => !after.has(pid)), []);

    first.kill("SIGTERM");
    assertEquals(checked(await first.finished).code, 143);
    await assertGone(there);
  });
});

/** Returns the commands that start two leftovers, which become orphans. */
function twoLeftovers({ nohup, session }: Readonly<Record<"nohup" | "session", Leftover>>): string {
  return `${emit(initLine())}${WAYS.nohup(nohup)}
    ${WAYS.session(session)}
    ${nohup.waitCommand}; ${session.waitCommand}\n`;
}

testWith(
  NEEDS,
  "ccrun --keep-background keeps the leftovers of a successful run and lists them",
  async () => {
    await withCommands(async ({ sandbox, setCommands, start, run }) => {
      for (const [args, stream] of [[["--json"], "stdout"], [[], "stderr"]] as const) {
        await using leftovers = makeLeftovers(sandbox, ["nohup", "session"]);
        await setCommands(`${twoLeftovers(leftovers)}${emit(resultLine())}`);
        await using process = await start([...args, "--keep-background", "Start it."]);
        const result = await process.finished;
        assertEquals(result.code, 0, result.stderr);
        const line = result[stream].split("\n").find((line) =>
          line.includes("kept leftover processes: ")
        ) ?? "";
        for (const { name, pids } of [leftovers.nohup, leftovers.session]) {
          const [pid, ...others] = await pids();
          assertEquals(others, []);
          assertStringIncludes(line, `${name} (pid ${pid})`);
          Deno.kill(pid ?? 0, "SIGKILL");
        }
        await assertNothingLeft(sandbox);
      }
      await setCommands(emit(initLine(), resultLine()));
      const events = checked(await run(["--json", "--keep-background", "Start it."]));
      assertEquals([events.code, leftoverNotices(events)], [0, ""]);
    });
  },
);

testWith(
  NEEDS,
  "ccrun --keep-background keeps nothing if the run fails or is stopped",
  async () => {
    await withCommands(async ({ sandbox, setCommands, run, start }) => {
      await using leftovers = makeLeftovers(sandbox, ["nohup", "session"]);
      const failure = resultLine({ subtype: "error_during_execution", is_error: true });
      await setCommands(`${twoLeftovers(leftovers)}${emit(failure)}`);
      const events = checked(await run(["--json", "--keep-background", "Start it."]));
      await assertGone(leftovers.nohup, leftovers.session);
      assertEquals(events.code, 1);
      assertStringIncludes(leftoverNotices(events), leftovers.session.name);

      await using others = makeLeftovers(sandbox, ["nohup", "session"]);
      await setCommands(`${twoLeftovers(others)}touch started; exec sleep 377`);
      await using process = await start(["--json", "--keep-background", "Start it."]);
      await toolStarted(sandbox);
      process.kill("SIGINT");
      assertEquals(checked(await process.finished).code, 130);
      await assertGone(others.nohup, others.session);
    });
  },
);

testWith(NEEDS, "ccrun stops the leftovers of a claude that crashes", async () => {
  await withCommands(async ({ sandbox, setCommands, run }) => {
    await using leftovers = makeLeftovers(sandbox, ["child", "daemon"]);
    const { child, daemon } = leftovers;
    await setCommands(
      `${emit(initLine())}${child.command} & ${WAYS.doubleFork(daemon)}
      ${child.waitCommand}; ${daemon.waitCommand}; kill -KILL $$`,
    );
    const { code, stderr } = await run(["-q", "hi"]);
    assertEquals(code, 1, stderr);
    await assertGone(child, daemon);
  });
});
