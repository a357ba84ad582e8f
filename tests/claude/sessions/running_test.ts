import { assert, assertEquals } from "@std/assert";
import { type SessionActivity, SessionWatch } from "../../../lib/claude/sessions/running.ts";
import { processStarts } from "../../../lib/claude/sessions/process_starts.ts";
import type { JsonObject } from "../../support/json.ts";
import { makeTempFolder, type TempFolder } from "../../support/temp_folder.ts";

const ID = "3993f43f-776d-42d2-9b13-d051d0d163aa";

/** Higher than any process id of Linux and macOS. */
const NO_PID = 999_999_999;

/** Returns the file that Claude Code 2.1.332 keeps for this process. */
async function ownRecord(): Promise<JsonObject> {
  const known = await processStarts([Deno.pid]);
  assert(known !== undefined);
  return {
    pid: Deno.pid,
    sessionId: ID,
    procStart: known.starts.get(Deno.pid),
    pidDomain: known.domain,
    status: "idle",
  };
}

/** Watches the session in a folder. */
function watchIn({ path }: TempFolder): SessionWatch {
  return new SessionWatch(ID, path, 0);
}

/** Returns the activity when `sessions` has these files. */
async function activityWith(files: Readonly<Record<string, unknown>>): Promise<SessionActivity> {
  using folder = makeTempFolder();
  Deno.mkdirSync(`${folder.path}/sessions`);
  for (const [name, content] of Object.entries(files)) {
    const text = typeof content === "string" ? content : JSON.stringify(content);
    Deno.writeTextFileSync(`${folder.path}/sessions/${name}`, text);
  }
  return await watchIn(folder).activity();
}

Deno.test("SessionWatch finds out whether a claude runs", async () => {
  const own = await ownRecord();
  const name = `${Deno.pid}.json`;
  const rows: readonly (readonly [
    what: string,
    files: Readonly<Record<string, unknown>>,
    expected: SessionActivity,
  ])[] = [
    ["no file", {}, "ended"],
    ["its process", { [name]: own }, "running"],
    ["no domain, as in 2.1.197", { [name]: { ...own, pidDomain: undefined } }, "running"],
    ["only the id", { [name]: { sessionId: ID } }, "running"],
    ["another session", { [name]: { ...own, sessionId: ID.replace("3", "4") } }, "ended"],
    ["a killed process", { [`${NO_PID}.json`]: { ...own, pid: NO_PID } }, "ended"],
    ["a reused process id", { [name]: { ...own, procStart: "1" } }, "ended"],
    ["another container", { [name]: { ...own, pidDomain: "linux:1:pid:[2]" } }, "unknown"],
    ["a killed process before", { [`${NO_PID}.json`]: own, [name]: own }, "running"],
    ["half a file", { [name]: JSON.stringify(own).slice(0, -5) }, "ended"],
    ["types that are wrong", { [name]: { sessionId: [ID] }, "2.json": "[1]" }, "ended"],
    ["other names", { "x.json": own, "0.json": own, "1.key": own, "1;id.json": own }, "ended"],
    ["a large file", { [name]: JSON.stringify(own) + " ".repeat(300_000) }, "ended"],
  ];
  for (const [what, files, expected] of rows) {
    assertEquals(await activityWith(files), expected, what);
  }
});

Deno.test("SessionWatch knows nothing if there is no folder", async () => {
  using folder = makeTempFolder();
  assertEquals(await watchIn(folder).activity(), "unknown");
});

Deno.test("SessionWatch reads regular files only", async () => {
  using folder = makeTempFolder();
  Deno.mkdirSync(`${folder.path}/sessions/2.json`, { recursive: true });
  await new Deno.Command("mkfifo", { args: [`${folder.path}/sessions/3.json`] }).output();
  Deno.symlinkSync("/dev/zero", `${folder.path}/sessions/4.json`);
  assertEquals(await watchIn(folder).activity(), "ended");
});

Deno.test("SessionWatch waits for a process that has removed its file", async () => {
  using folder = makeTempFolder();
  const child = new Deno.Command("/bin/sh", {
    args: ["-c", "exec sleep 377"],
    stdout: "null",
  }).spawn();
  const path = `${folder.path}/sessions/${child.pid}.json`;
  const watch = watchIn(folder);
  try {
    Deno.mkdirSync(`${folder.path}/sessions`);
    Deno.writeTextFileSync(path, JSON.stringify({ sessionId: ID }));
    assertEquals(await watch.activity(), "running");
    Deno.removeSync(path);
    assertEquals(await watch.activity(), "running");
  } finally {
    child.kill("SIGKILL");
    await child.status;
  }
  assertEquals(await watch.activity(), "ended");
});

Deno.test("SessionWatch looks once more when the file of an unknown process is removed", async () => {
  using folder = makeTempFolder();
  const path = `${folder.path}/sessions/2.json`;
  Deno.mkdirSync(`${folder.path}/sessions`);
  Deno.writeTextFileSync(path, JSON.stringify({ sessionId: ID, pidDomain: "linux:1:pid:[2]" }));
  const watch = watchIn(folder);
  assertEquals(await watch.activity(), "unknown");
  Deno.removeSync(path);
  assertEquals([await watch.activity(), await watch.activity()], ["unknown", "ended"]);
});
