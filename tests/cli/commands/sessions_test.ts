import { assert, assertEquals } from "@std/assert";
import { sessionsTexts } from "../../../lib/cli/commands/sessions.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { assistantLine, userLine, writeSession } from "../../support/session_files.ts";
import { makeHost, optionsOf } from "../hosts.ts";
import { assertUsage } from "../usage.ts";
import { formatLocalMinute } from "../../../lib/util/units.ts";
import { NO_USAGE } from "../../../lib/events.ts";
import type { HostInfo } from "../../../lib/cli/host.ts";
import type { Options } from "../../../lib/cli/command_line.ts";

const TIME = "2026-01-02T03:04:05.678Z";
/** The local time. */
const WHEN = formatLocalMinute(TIME);

/** Returns what `ccrun sessions` prints. */
async function sessionsText(options: Options, host: HostInfo): Promise<string> {
  return (await Array.fromAsync(sessionsTexts(options, host))).join("");
}

Deno.test("sessionsText lists the workspace of --cwd, as one JSON array with --json", async () => {
  await using sandbox = await makeSandbox();
  const { home, project, root } = sandbox;
  const updated = new Date(TIME);
  const hostile = "a \x9b31m ##[group]b \u202e";
  const title = { type: "custom-title", customTitle: "Mine" };
  const lines = [userLine(hostile), assistantLine("Done."), title];
  const id = await writeSession({ home, cwd: project, updated, lines });
  const host = makeHost({ cwd: root, env: { HOME: home } });

  assertEquals(
    await sessionsText(optionsOf(["sessions", "--cwd", "project"]), host),
    `${id}  ${WHEN}      1       0         -  Mine\n`,
  );
  const json = await sessionsText(optionsOf(["sessions", "-C", project, "--json"]), host);
  assertEquals(JSON.parse(json), [{
    id,
    updated: TIME,
    turns: 1,
    prompt: hostile.trim(),
    title: "Mine",
    models: [],
    usage: NO_USAGE,
    cost_usd: null,
    cost_is_partial: false,
  }]);
  assert(!/[\x80-\x9f\u202e]|##\[/.test(json), json);
  assertEquals(json.split("\n").length, 4, "one line per session between the brackets");
  await assertUsage(
    () => sessionsText(optionsOf(["sessions", "-C", "nowhere"]), host),
    "nowhere: it does not exist",
  );
});

Deno.test("sessionsText returns nothing, or an empty array, if there are no sessions", async () => {
  await using sandbox = await makeSandbox();
  const host = makeHost({ cwd: sandbox.project, env: { HOME: sandbox.home } });
  const printed: unknown[][] = [];
  const { error } = console;
  console.error = (...words) => printed.push(words);
  try {
    assertEquals(await sessionsText(optionsOf(["sessions", "--json"]), host), "[]\n");
    assertEquals(printed, []);
    assertEquals(await sessionsText(optionsOf(["sessions"]), host), "");
    assertEquals(printed, [[`ccrun: ${sandbox.project} has no sessions yet`]]);
  } finally {
    console.error = error;
  }
});
