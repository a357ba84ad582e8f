import { assert, assertEquals } from "@std/assert";
import { sessionsTexts } from "../../../lib/cli/commands/sessions.ts";
import { makeSandbox, type Sandbox } from "../../support/sandbox.ts";
import {
  assistantLine,
  sessionFolder,
  userLine,
  writeSession,
} from "../../support/session_files.ts";
import { answerLine, costLine } from "../../claude/sessions/usage_lines.ts";
import { makeHost, optionsOf } from "../hosts.ts";
import { assertUsage } from "../usage.ts";
import { formatLocalDay, formatLocalMinute } from "../../../lib/util/units.ts";
import { NO_USAGE } from "../../../lib/events.ts";
import type { HostInfo } from "../../../lib/cli/host.ts";
import type { Options } from "../../../lib/cli/command_line.ts";

const TIME = "2026-01-02T03:04:05.678Z";
/** The local time. */
const WHEN = formatLocalMinute(TIME);

/** Returns what a function prints on stderr. */
async function withConsoleError(act: () => Promise<void>): Promise<unknown[][]> {
  const printed: unknown[][] = [];
  const { error } = console;
  console.error = (...words) => printed.push(words);
  try {
    await act();
  } finally {
    console.error = error;
  }
  return printed;
}

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
  const rows: [args: string[], text: string, messages: string[]][] = [
    [["--json"], "[]\n", []],
    [[], "", [`${sandbox.project} has no sessions yet`]],
    [["--since", "7d"], "", [`${sandbox.project} has no sessions since 7d`]],
    [["--all"], "", ["there are no sessions yet"]],
  ];
  for (const [args, text, messages] of rows) {
    const printed = await withConsoleError(async () => {
      assertEquals(await sessionsText(optionsOf(["sessions", ...args]), host), text);
    });
    assertEquals(printed, messages.map((message) => [`ccrun: ${message}`]));
  }
});

/** Writes sessions of two workspaces, one of them today, and returns a host that sees them. */
async function writeStore({ home, project, root }: Sandbox): Promise<HostInfo> {
  const other = `${root}/other`;
  const answer = (id: string, model: string) => answerLine({ id, model });
  const costly = [userLine("Costly", { cwd: project }), answer("a", "opus"), costLine({ opus: 2 })];
  await writeSession({ home, cwd: project, updated: new Date(TIME), lines: costly });
  const recent = [userLine("Recent", { cwd: other }), answer("b", "haiku")];
  await writeSession({ home, cwd: other, lines: recent });
  return makeHost({ cwd: project, env: { HOME: home } });
}

Deno.test("sessionsTexts selects sessions with --all, --since and --limit", async () => {
  await using sandbox = await makeSandbox();
  const host = await writeStore(sandbox);
  const rows: [args: string[], prompts: string[]][] = [
    [[], ["Costly"]],
    [["--all"], ["Recent", "Costly"]],
    [["--all", "--limit", "1"], ["Recent"]],
    [["--all", "--since", "7d"], ["Recent"]],
    [["--all", "--since", "2026-01-01"], ["Recent", "Costly"]],
    [["--all", "--since", TIME], ["Recent", "Costly"]],
    [["--cwd", `${sandbox.root}/other`], ["Recent"]],
  ];
  await Deno.mkdir(`${sandbox.root}/other`);
  for (const [args, prompts] of rows) {
    const json = await sessionsText(optionsOf(["sessions", "--json", ...args]), host);
    const sessions: { prompt: string; workspace?: string }[] = JSON.parse(json);
    assertEquals(sessions.map(({ prompt }) => prompt), prompts, args.join(" "));
    const hasWorkspace = sessions.map((session) => "workspace" in session);
    assertEquals(hasWorkspace, prompts.map(() => args.includes("--all")));
  }
});

Deno.test("sessionsTexts adds up sessions with --total and --by", async () => {
  await using sandbox = await makeSandbox();
  const host = await writeStore(sandbox);
  const { project, root } = sandbox;
  const totals = (cost_usd: number | null, sessions = 1, sessions_without_cost = 0) => ({
    sessions,
    usage: { ...NO_USAGE, input: 100 * sessions, output: 10 * sessions },
    cost_usd,
    sessions_without_cost,
  });
  const rows: [args: string[], expected: unknown[]][] = [
    [["--total"], [totals(2)]],
    [["--all", "--total"], [totals(2, 2, 1)]],
    [["--all", "--by", "workspace"], [
      { workspace: project, ...totals(2) },
      { workspace: `${root}/other`, ...totals(null, 1, 1) },
    ]],
    [["--all", "--total", "--by", "model", "--limit", "1"], [{ model: "opus", ...totals(2) }]],
    [["--by", "day"], [{
      day: formatLocalDay(Date.parse("2026-11-20T10:00:00.000Z")),
      ...totals(2),
    }]],
    // Only what was used since then counts.
    [["--all", "--total", "--since", "2026-11-23"], [{ ...totals(0, 0) }]],
    [["--all", "--by", "day", "--since", "2099-01-01"], []],
  ];
  for (const [args, expected] of rows) {
    const json = await sessionsText(optionsOf(["sessions", "--json", ...args]), host);
    assertEquals(JSON.parse(json), expected, args.join(" "));
  }
  assertEquals(
    await sessionsText(optionsOf(["sessions", "--all", "--by", "model"]), host),
    "opus   1  100  10  0  0  $2.00\nhaiku  1  100  10  0  0      -  1 session without cost\n",
  );
});

Deno.test("ccrun sessions rejects invalid values", async () => {
  const rows: [args: string[], ...words: string[]][] = [
    [["--since", "yesterday"], "--since must be a duration such as 7d", '"yesterday"'],
    [["--since", "7"], "add the unit: 7d or 7h"],
    [["--since", "2026-02-30"], "--since must be"],
    [["--since", ""], "--since is empty"],
    [["--limit", "0"], "--limit must be 1 or more"],
    [["--limit", "-1"], "--limit"],
    [["--by", "month"], "--by must be one of day, model, workspace"],
  ];
  for (const [args, ...words] of rows) {
    await assertUsage(() => optionsOf(["sessions", ...args]), ...words);
  }
});

Deno.test("sessionsTexts warns of files that cannot be read", async () => {
  await using sandbox = await makeSandbox();
  const host = await writeStore(sandbox);
  const folder = sessionFolder({ home: sandbox.home, cwd: sandbox.project });
  const path = `${folder}/${crypto.randomUUID()}.jsonl`;
  await Deno.writeTextFile(path, "x");
  await Deno.truncate(path, 600 * 1024 * 1024);
  const printed = await withConsoleError(async () => {
    await sessionsText(optionsOf(["sessions"]), host);
  });
  assertEquals(printed, [[`ccrun: warning: cannot read ${path}: it is too large`]]);
});
