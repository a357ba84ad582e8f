/**
 * Fails if `ccrun sessions` needs much time or memory for many or large sessions.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { ccrun, measure, type Measurement } from "../bench/measure.ts";
import { shellCcrun, startCcrun } from "../support/ccrun.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { AS_OTHER_USER, giveToOtherUser, TWO_USERS } from "../support/other_user.ts";
import { sessionFolder, userLine, writeSession } from "../support/session_files.ts";
import { messageLine, writeStore } from "../support/session_store.ts";
import { testWith } from "../support/test_with.ts";

const SOURCE_ONLY = Deno.env.get("CCRUN_TEST_BINARY")
  ? "CCRUN_TEST_BINARY is set, but the benchmarks measure the source"
  : undefined;
const NO_PROC = Deno.build.os === "linux" ? undefined : "peak memory is read from /proc";

/** How much longer the first row of many sessions can take than that of one. */
const MAX_TIME_RATIO = 6;

/** How much more memory ten times as many sessions can need. The runtime needs most of it. */
const MAX_MEMORY_RATIO = 1.7;

/** The measurements are repeated, because other processes can only slow one down. */
const MAX_ROUNDS = 5;

/** So many sessions that reading them takes longer than stopping. */
const SLOW_SESSIONS = 10_000;

const MIB = 1024 * 1024;

async function sessions(
  sandbox: Sandbox,
  args: readonly string[],
  reader?: string,
): Promise<Measurement> {
  const program = await ccrun("sessions", "--all", ...args);
  return await measure(program, { sandbox, ...reader === undefined ? {} : { reader } });
}

testWith(
  { unless: SOURCE_ONLY },
  "the first of 10,000 sessions is printed nearly as soon as the only one",
  async () => {
    await using few = await makeSandbox();
    await using many = await makeSandbox();
    await writeStore(few.home, 1);
    await writeStore(many.home, 10_000);
    let best = Infinity;
    for (let round = 0; round < MAX_ROUNDS && best > MAX_TIME_RATIO; round++) {
      const one = await sessions(few, ["--limit", "1"]);
      const first = await sessions(many, ["--limit", "1"]);
      best = Math.min(best, first.seconds / one.seconds);
    }
    assert(best <= MAX_TIME_RATIO, `${best.toFixed(1)} times as long`);
  },
);

testWith(
  { unless: SOURCE_ONLY ?? NO_PROC },
  "10,000 sessions need hardly more memory than 1,000, listed or added up",
  async () => {
    await using few = await makeSandbox();
    await using many = await makeSandbox();
    await writeStore(few.home, 1_000);
    await writeStore(many.home, 10_000);
    for (const args of [["--json"], ["--by", "workspace"]]) {
      const small = await sessions(few, args);
      const large = await sessions(many, args);
      const ratio = large.peakMegabytes / small.peakMegabytes;
      assert(ratio < MAX_MEMORY_RATIO, `${args.join(" ")}: ${ratio.toFixed(2)} times the memory`);
    }
    const { output } = await sessions(many, ["--total", "--json"], "cat");
    assertEquals(JSON.parse(output), [{
      sessions: 10_000,
      usage: { input: 10_000_000, output: 1_000_000, cache_read: 0, cache_write: 0 },
      cost_usd: 1000,
      sessions_without_cost: 0,
    }]);
  },
);

testWith(
  { unless: SOURCE_ONLY ?? NO_PROC },
  "a session of 200 MB is read without keeping it in memory",
  async () => {
    await using sandbox = await makeSandbox();
    const folder = sessionFolder({ home: sandbox.home, cwd: "/home/me" });
    await Deno.mkdir(folder, { recursive: true });
    using file = await Deno.create(`${folder}/${crypto.randomUUID()}.jsonl`);
    const write = async (line: unknown) => {
      await file.write(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
    };
    await write(userLine("Hello"));
    for (let index = 0; index < 100; index++) {
      await write({ type: "attachment", text: "x".repeat(MIB) });
      await write(messageLine(`msg_${index}`, "y".repeat(MIB)));
    }
    const { output, peakMegabytes } = await sessions(sandbox, ["--json"], "cat");
    const [session] = JSON.parse(output);
    assertEquals([session.prompt, session.usage.input], ["Hello", 10_000]);
    assert(peakMegabytes < 200, `${peakMegabytes.toFixed(0)} MB`);
  },
);

Deno.test("Ctrl-C and a reader that exits stop the reading of many sessions", async () => {
  await using sandbox = await makeSandbox();
  await writeStore(sandbox.home, SLOW_SESSIONS);
  for (const args of [[], ["--json"]]) {
    await using process = await startCcrun(["sessions", "--all", ...args], { sandbox });
    await process.stdoutUntil("Prompt 0");
    process.kill("SIGINT");
    const { code, stdout, stderr } = await process.finished;
    assertEquals([code, stderr], [130, "ccrun: error: stopped by SIGINT\n"]);
    assert(stdout.split("\n").length < SLOW_SESSIONS, "all sessions were read");
  }
  const script = "ccrun sessions --all | head -1; echo ${PIPESTATUS[0]}";
  const { stdout, stderr } = await shellCcrun(script, { sandbox });
  assertEquals([stdout.split("\n").length, stderr], [3, ""]);
  assert(stdout.endsWith(`\n${EXIT_CODES.pipe}\n`), stdout);
});

testWith(TWO_USERS, "sessions that the user cannot read are skipped with one warning", async () => {
  await using sandbox = await makeSandbox();
  const env = await giveToOtherUser(sandbox);
  const places = ["/home/me/open", "/home/me/closed", "/home/me/shut"].map((cwd) => ({
    home: sandbox.home,
    cwd,
  }));
  const [, closed, shut = ""] = places.map(sessionFolder);
  const ids: string[] = [];
  for (const place of places) {
    ids.push(await writeSession({ ...place, lines: [userLine("Hello", { cwd: place.cwd })] }));
  }
  await Deno.chmod(`${closed}/${ids[1]}.jsonl`, 0o000);
  await Deno.chmod(shut, 0o000);
  const script = `${AS_OTHER_USER} ccrun sessions --all --json`;
  const { code, stdout, stderr } = await shellCcrun(script, { sandbox, env });
  const listed = JSON.parse(stdout).map(({ id }: { id: string }) => id);
  assertEquals([code, listed], [0, [ids[0]]], stderr);
  assertMatch(stderr, /^ccrun: warning: cannot read .*: permission denied \(and 1 more\)\n$/);
});
