import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { projectFolderName } from "../../../lib/claude/sessions/store.ts";
import { listSessions, resolveSession } from "../../../lib/claude/sessions/resolve.ts";
import { CcrunError } from "../../../lib/errors.ts";
import type { JsonObject } from "../../support/json.ts";
import {
  assistantLine,
  sessionFolder,
  toolResultLine,
  userLine,
  writeSession,
} from "../../support/session_files.ts";
import { assertUsage } from "../../cli/usage.ts";

/** A temporary home directory and workspace. */
interface Place extends AsyncDisposable {
  readonly home: string;
  readonly cwd: string;
  readonly env: { readonly [name: string]: string };
  /** Writes a session, each newer than the one before. */
  write(lines: readonly (JsonObject | string)[], id?: string): Promise<string>;
}

async function makePlace(name = "project"): Promise<Place> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "ccrun-test-" }));
  const [home, cwd] = [`${root}/home`, `${root}/${name}`];
  await Deno.mkdir(home);
  await Deno.mkdir(cwd, { recursive: true });
  let minute = 0;
  return {
    home,
    cwd,
    env: {},
    write: (lines, id = crypto.randomUUID()) =>
      writeSession({ home, cwd, id, lines, updated: new Date(Date.UTC(2026, 0, 1, 0, minute++)) }),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

const TALK = (prompt: unknown): JsonObject[] => [userLine(prompt), assistantLine("Done.")];

/** Returns the prompt of a session with these lines. */
async function promptOf(...lines: (JsonObject | string)[]): Promise<string | undefined> {
  await using place = await makePlace();
  await place.write(lines);
  const [session, ...more] = await listSessions(place);
  assertEquals(more, []);
  return session?.prompt;
}

Deno.test("listSessions returns the sessions of a workspace, newest first", async () => {
  await using place = await makePlace();
  const first = await place.write([
    ...TALK("Fix  the\n tests"),
    toolResultLine("a"),
    toolResultLine([{ type: "text", text: "b" }]),
    assistantLine("Done."),
    ...TALK([{ type: "text", text: "And now?" }]),
  ]);
  const second = await place.write(TALK([{ type: "text", text: "Another" }]));
  await using elsewhere = await makePlace("elsewhere");
  await writeSession({ home: place.home, cwd: elsewhere.cwd, lines: TALK("Not here") });
  assertEquals(await listSessions(place), [
    { id: second, updated: "2026-01-01T00:01:00.000Z", turns: 1, prompt: "Another" },
    { id: first, updated: "2026-01-01T00:00:00.000Z", turns: 4, prompt: "Fix the tests" },
  ]);
});

Deno.test("listSessions resolves symbolic links in the path of the workspace", async () => {
  await using place = await makePlace();
  await place.write(TALK("Hello"));
  await Deno.symlink(place.cwd, `${place.home}/link`);
  const sessions = await listSessions({ ...place, cwd: `${place.home}/link` });
  assertEquals(sessions.map(({ prompt }) => prompt), ["Hello"]);
});

Deno.test("listSessions separates workspaces that share a folder", async () => {
  await using place = await makePlace("日本");
  const other = place.cwd.replace("日本", "東京");
  await Deno.mkdir(other);
  assertEquals(projectFolderName(other), projectFolderName(place.cwd));
  const here = await place.write([userLine("Here", { cwd: place.cwd })]);
  const there = await place.write([userLine("There", { cwd: other })]);
  // The directory of this session was renamed.
  const moved = await place.write([userLine("Moved", { cwd: "/some/where/else" })]);
  const idsOf = async (cwd: string) => (await listSessions({ ...place, cwd })).map(({ id }) => id);
  assertEquals(await idsOf(place.cwd), [moved, here]);
  assertEquals(await idsOf(other), [moved, there]);
  assertEquals(await resolveSession(here.slice(0, 13), place), here);
  await assertUsage(() => resolveSession(there.slice(0, 13), place), "see: ccrun sessions");
});

Deno.test("listSessions finds the first prompt that the user wrote", async () => {
  const meta = userLine("<local-command-caveat>Caveat: ...", { isMeta: true });
  const command = (name: string, args = "") =>
    userLine(
      `<command-name>/${name}</command-name>\n  <command-message>${name}</command-message>\n  <command-args>${args}</command-args>`,
    );
  const printed = userLine("<local-command-stdout>Total cost: 0</local-command-stdout>");
  const sidechain = userLine("Warmup", { isSidechain: true });
  assertEquals(await promptOf(meta, command("cost"), printed, userLine("Real")), "Real");
  assertEquals(await promptOf(sidechain, userLine("Real")), "Real");
  assertEquals(await promptOf(command("review", "PR 12"), userLine("More")), "/review PR 12");
  assertEquals(await promptOf(userLine("<bash-input>ls -l</bash-input>")), "! ls -l");
  assertEquals(await promptOf(userLine("<b>Bold</b> is not shown")), "<b>Bold</b> is not shown");
  assertEquals(
    await promptOf(userLine("Compacted", { isCompactSummary: true }), userLine("A")),
    "A",
  );
  const opened = { type: "text", text: "<ide_opened_file>x</ide_opened_file>" };
  const image = { type: "image", source: { data: "AAAA" } };
  assertEquals(
    await promptOf(userLine([opened, image, { type: "text", text: "Look" }])),
    "Look",
  );
  assertEquals(await promptOf(userLine("[Request interrupted by user]"), userLine("B")), "B");
  // Without a prompt: the command, what was queued, or nothing.
  assertEquals(await promptOf(meta, command("cost"), printed), "/cost");
  const queued = { type: "queue-operation", operation: "enqueue", content: "/usage" };
  assertEquals(await promptOf(queued, meta, command("cost")), "/usage");
  assertEquals(await promptOf(userLine([image])), "");
});

Deno.test("listSessions truncates a long prompt", async () => {
  const long = "word ".repeat(1_000);
  const cut = `${long.slice(0, 200)}...`;
  assertEquals(await promptOf(userLine(long)), cut);
  const huge = `Say \\ "it": \u00e9\n${"x".repeat(2_000_000)}`;
  for (const content of [huge, [{ type: "text", text: huge }]]) {
    const prompt = await promptOf(userLine(content), assistantLine("Done."));
    assertEquals(prompt, `Say \\ "it": \u00e9 ${"x".repeat(186)}...`);
  }
});

Deno.test("listSessions counts prompts and tool results", async () => {
  await using place = await makePlace();
  const huge = "x".repeat(1_000_000);
  await place.write([
    userLine("Go"),
    toolResultLine(huge),
    toolResultLine([{ type: "text", text: huge }]),
    userLine(huge, { isSidechain: true }),
    toolResultLine("a", { isSidechain: true }),
    assistantLine(huge),
    // Text that looks like a message is none.
    assistantLine(JSON.stringify(userLine("No"))),
    assistantLine(`"type":"user","message":{"role":"user","content":"No"}`),
    userLine("Skill", { isMeta: true }),
  ]);
  assertEquals((await listSessions(place)).map(({ turns }) => turns), [3]);
});

Deno.test("listSessions ignores files that are not sessions", async () => {
  await using place = await makePlace();
  const folder = sessionFolder(place);
  const kept = await place.write(["", "{", "[]", "null", ...TALK("Kept"), '{"type":"us']);
  await place.write([]);
  await place.write(["no JSON at all"]);
  await place.write([{ type: "queue-operation", operation: "enqueue", content: "Never run" }]);
  await place.write(TALK("Sub-agent").map((line) => ({ ...line, isSidechain: true })));
  await place.write([{ type: "user", message: "odd" }, { type: "user" }]);
  await Deno.writeTextFile(`${folder}/agent-1a2b.jsonl`, JSON.stringify(userLine("Agent")));
  await Deno.writeTextFile(`${folder}/notes.txt`, "x");
  await Deno.mkdir(`${folder}/${crypto.randomUUID()}.jsonl`);
  await Deno.mkdir(`${folder}/${kept}/subagents`, { recursive: true });
  await Deno.symlink("nowhere", `${folder}/${crypto.randomUUID()}.jsonl`);
  if (Deno.build.os !== "windows") {
    // Opening it would block.
    const fifo = `${folder}/${crypto.randomUUID()}.jsonl`;
    await new Deno.Command("mkfifo", { args: [fifo] }).output();
  }
  assertEquals((await listSessions(place)).map(({ id }) => id), [kept]);
});

Deno.test("listSessions prefers the title of the user to that of Claude Code", async () => {
  const titleOf = async (...lines: JsonObject[]) => {
    await using place = await makePlace();
    await place.write([...TALK("Prompt"), ...lines]);
    return (await listSessions(place))[0]?.title;
  };
  const custom = (customTitle: unknown) => ({ type: "custom-title", customTitle });
  const ai = { type: "ai-title", aiTitle: "By claude" };
  assertEquals(await titleOf(), undefined);
  assertEquals(await titleOf(ai), "By claude");
  assertEquals(await titleOf(custom("Mine"), ai), "Mine");
  assertEquals(await titleOf(custom("Mine"), custom("Newer\n one")), "Newer one");
  assertEquals(await titleOf(custom("Mine"), ai, custom("")), "By claude", "taken away");
  assertEquals(await titleOf(custom(7), { type: "custom-title" }), undefined);
});

Deno.test("listSessions lists thousands of sessions", async () => {
  await using place = await makePlace();
  const ids: string[] = [];
  for (let at = 0; at < 2_000; at++) ids.push(await place.write(TALK(`Prompt ${at}`)));
  const sessions = await listSessions(place);
  assertEquals(sessions.map(({ id }) => id), ids.reverse());
  assertEquals(sessions[0]?.prompt, "Prompt 1999");
  assertEquals(await resolveSession("last", place), ids[0]);
});

Deno.test("listSessions returns nothing without a folder, and fails if it cannot read one", async () => {
  await using place = await makePlace();
  assertEquals(await listSessions(place), []);
  await assertUsage(() => listSessions({ ...place, home: undefined }), "HOME", "CLAUDE_CONFIG_DIR");
  await assertUsage(
    () => listSessions({ ...place, cwd: `${place.cwd}/gone` }),
    "gone: it does not exist",
    "--cwd",
  );
  await Deno.mkdir(`${place.home}/.claude/projects`, { recursive: true });
  await Deno.writeTextFile(sessionFolder(place), "a file in its place");
  await assertUsage(() => listSessions(place), "cannot read", place.cwd, "CLAUDE_CONFIG_DIR");
});

Deno.test("listSessions ignores a file that is removed meanwhile", async () => {
  await using place = await makePlace();
  const ids: string[] = [];
  for (let at = 0; at < 50; at++) ids.push(await place.write(TALK("x".repeat(100_000))));
  const listing = listSessions(place);
  const gone = ids.slice(0, 25);
  await Promise.all(gone.map((id) => Deno.remove(`${sessionFolder(place)}/${id}.jsonl`)));
  const left = new Set((await listing).map(({ id }) => id));
  for (const id of ids.slice(25)) assert(left.has(id), id);
});

Deno.test("resolveSession returns what Claude Code resolves itself", async () => {
  const nowhere = { cwd: "/nowhere/at/all", env: {}, home: undefined };
  const wanted = [
    "00000000-0000-4000-8000-00000000dead",
    "00000000-0000-4000-8000-00000000DEAD",
    "pending_42",
    "pending_",
    "/some/where/session.jsonl",
  ];
  for (const id of wanted) assertEquals(await resolveSession(id, nowhere), id);
});

Deno.test("resolveSession finds the last session of the workspace", async () => {
  await using place = await makePlace();
  await assertUsage(() => resolveSession("last", place), "no session yet", "--cwd");
  const first = await place.write([...TALK("One"), { type: "custom-title", customTitle: "last" }]);
  assertEquals(await resolveSession("last", place), first);
  const second = await place.write(TALK("Two"));
  await place.write([{ type: "queue-operation", operation: "enqueue", content: "Never run" }]);
  assertEquals(await resolveSession("last", place), second);
});

const IDS = [
  "abcd1111-0000-4000-8000-000000000001",
  "abcd2222-0000-4000-8000-000000000002",
  "beef1111-0000-4000-8000-000000000003",
] as const;

Deno.test("resolveSession finds a session by a prefix of its id", async () => {
  await using place = await makePlace();
  for (const id of IDS) await place.write(TALK(`Prompt of ${id.slice(0, 5)}`), id);
  assertEquals(await resolveSession("abcd1", place), IDS[0]);
  assertEquals(await resolveSession("ABCD2222-0", place), IDS[1]);
  assertEquals(await resolveSession("beef", place), IDS[2]);
  await assertUsage(
    () => resolveSession("abcd", place),
    "abcd: it matches 2 sessions",
    IDS[0],
    IDS[1],
    '"Prompt of abcd1"',
    "2026-01-01",
  );
  await assertUsage(() => resolveSession("abc", place), "4 characters", "see: ccrun sessions");
  await assertUsage(() => resolveSession("abcd3", place), "abcd3", "see: ccrun sessions");
  await assertUsage(() => resolveSession(`${IDS[0]}0`, place), "see: ccrun sessions");
});

Deno.test("resolveSession lists a few of many matches, on one line", async () => {
  await using place = await makePlace();
  for (let at = 0; at < 9; at++) {
    const id = `abcd1111-0000-4000-8000-00000000000${at}`;
    await place.write(TALK(`Prompt ${at} ${"\x1b]0;x\x07 long".repeat(50)}`), id);
  }
  const error = await assertRejects(() => resolveSession("abcd", place), CcrunError);
  assertInstanceOf(error, CcrunError);
  const hint = error.hint ?? "";
  assert(
    hint.endsWith("; 4 more") && hint.includes("Prompt 8") && !hint.includes("Prompt 3"),
    hint,
  );
  // deno-lint-ignore no-control-regex -- control characters are what it looks for
  assert(!/[\x00-\x1f]/.test(hint) && hint.length < 700, hint);
});

Deno.test("resolveSession finds a session by its title", async () => {
  await using place = await makePlace();
  const titled = async (customTitle: string) =>
    await place.write([...TALK("Prompt"), { type: "custom-title", customTitle }]);
  const release = await titled("Release Notes");
  const releases = await titled("Release notes of May");
  const beef = await titled("Beef");
  const fix = await titled("fix: it");
  await titled("twice");
  await titled("Twice");
  assertEquals(await resolveSession("release notes", place), release);
  assertEquals(await resolveSession("  Release NOTES of m", place), releases);
  assertEquals(await resolveSession("beef", place), beef, "which could begin an id");
  assertEquals(await resolveSession("fix:", place), fix);
  await assertUsage(() => resolveSession("rele", place), "matches 2 sessions", release, releases);
  await assertUsage(() => resolveSession("twice", place), "matches 2 sessions");
  await assertUsage(() => resolveSession("fix", place), "4 characters");
  await assertUsage(() => resolveSession("Relaese Notes", place), 'did you mean "Release Notes"?');
  await assertUsage(() => resolveSession("something else", place), "see: ccrun sessions");
});
