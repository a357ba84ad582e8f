import { assert, assertEquals } from "@std/assert";
import { resolveSession } from "../../../lib/claude/sessions/resolve.ts";
import { projectFolderName } from "../../../lib/claude/sessions/store.ts";
import type { JsonObject } from "../../support/json.ts";
import {
  assistantLine,
  sessionFolder,
  toolResultLine,
  userLine,
  writeSession,
} from "../../support/session_files.ts";
import { assertUsage } from "../../cli/usage.ts";
import { listSessions, makePlace, TALK } from "./place.ts";

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
  assertEquals(await resolveSession(here.slice(0, 13), place), { status: "found", id: here });
  assertEquals((await resolveSession(there.slice(0, 13), place)).status, "unknown");
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

Deno.test("listSessions counts prompts, tool results and ends of tasks", async () => {
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
    userLine("<task-notification>\n<task-id>a</task-id>\n</task-notification>"),
  ]);
  assertEquals((await listSessions(place)).map(({ turns }) => turns), [4]);
});

Deno.test("listSessions ignores files that are not sessions", async () => {
  await using place = await makePlace();
  const folder = sessionFolder(place);
  const kept = await place.write(["", "{", "[]", "null", ...TALK("Kept"), '{"type":"us']);
  await place.write([]);
  await place.write(["no JSON at all"]);
  await place.write([{ type: "queue-operation", operation: "enqueue", content: "Never run" }]);
  await place.write(TALK("Subagent").map((line) => ({ ...line, isSidechain: true })));
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

Deno.test("listSessions returns nothing without a folder, and fails if it cannot read one", async () => {
  await using place = await makePlace();
  assertEquals(await listSessions(place), []);
  await assertUsage(() => listSessions({ ...place, home: undefined }), "HOME", "CLAUDE_CONFIG_DIR");
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
