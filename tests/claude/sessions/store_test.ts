import { assertEquals } from "@std/assert";
import {
  findAllSessionFiles,
  projectFolderName,
  sessionFolders,
} from "../../../lib/claude/sessions/store.ts";
import type { Env } from "../../../lib/util/env.ts";
import { sessionFolder, writeSession } from "../../support/session_files.ts";
import { assertUsage } from "../../cli/usage.ts";
import { makePlace, TALK } from "./place.ts";

Deno.test("projectFolderName replaces everything but ASCII letters and digits by dashes", () => {
  assertEquals(projectFolderName("/home/me/a.b c_d-e"), "-home-me-a-b-c-d-e");
  assertEquals(projectFolderName("/p/zoë"), "-p-zo-");
  assertEquals(projectFolderName("/p/zoe\u0308"), "-p-zoe-");
  assertEquals(projectFolderName("/p/日本"), "-p---");
  assertEquals(projectFolderName("/p/🎉 x"), "-p----x");
  assertEquals(projectFolderName("C:\\Users\\me"), "C--Users-me");
});

Deno.test("projectFolderName truncates a long path and appends the hash of Claude Code", () => {
  for (const [root, hash] of [["b35ad07b3d15b24b", "16w70d"], ["3e9ef35a2845dc7e", "uifc0p"]]) {
    const path = `/tmp/ccrun-test-${root}/project/${"l".repeat(120)}/${"m".repeat(120)}`;
    const name = projectFolderName(path);
    assertEquals([name.length, name.slice(200)], [207, `-${hash}`]);
    assertEquals(name.slice(0, 200), path.replace(/[^a-z0-9]/g, "-").slice(0, 200));
  }
  assertEquals(projectFolderName("/".repeat(200)), "-".repeat(200));
});

Deno.test("sessionFolders are in the configuration directory", () => {
  const foldersOf = (env: Env) => sessionFolders({ cwd: "/w", env, home: "/h" });
  assertEquals(foldersOf({}), ["/h/.claude/projects/-w"]);
  assertEquals(foldersOf({ CLAUDE_CONFIG_DIR: "/c" }), ["/c/projects/-w"]);
  assertEquals(foldersOf({ CLAUDE_CONFIG_DIR: "c" }), ["/w/c/projects/-w"]);
});

Deno.test("sessionFolders accepts a folder name from the environment", () => {
  const foldersOf = (env: Env) => sessionFolders({ cwd: "/w", env, home: "/h" });
  assertEquals(foldersOf({ CLAUDE_CONFIG_DIR: "/c", CLAUDE_CODE_PROJECT_DIR_NAME: "fixed" }), [
    "/c/projects/fixed",
    "/c/projects/-w",
  ]);
  assertEquals(foldersOf({ CLAUDE_CONFIG_DIR: "/c", CLAUDE_CODE_PROJECT_DIR_NAME: "../x" }), [
    "/c/projects/-w",
  ]);
  assertEquals(foldersOf({ CLAUDE_CODE_PROJECT_DIR_NAME: "fixed" }), ["/h/.claude/projects/-w"]);
});

Deno.test("findAllSessionFiles finds the files of all workspaces once, newest first", async () => {
  await using place = await makePlace();
  const skipped: string[] = [];
  const idsIn = async (env: Env = {}) => {
    const onSkip = (path: string) => void skipped.push(path);
    return (await findAllSessionFiles({ ...place, env }, onSkip)).map(({ id }) => id);
  };
  assertEquals(await idsIn(), []);
  const old = await place.write(TALK("Old"));
  const other = { home: place.home, cwd: "/elsewhere" };
  const recent = await writeSession({ ...other, lines: TALK("New") });
  const projects = `${place.home}/.claude/projects`;
  await Deno.writeTextFile(`${projects}/file`, "");
  await Deno.symlink(sessionFolder(other), `${projects}/link`);
  await Deno.symlink("loop", `${projects}/loop`);
  await Deno.writeTextFile(`${sessionFolder(other)}/${crypto.randomUUID()}.jsonl`, "");
  assertEquals(await idsIn(), [recent, old]);
  assertEquals(skipped, [`${projects}/loop`]);

  await Deno.rename(`${place.home}/.claude`, `${place.home}/moved`);
  assertEquals(await idsIn(), []);
  assertEquals(await idsIn({ CLAUDE_CONFIG_DIR: `${place.home}/moved` }), [recent, old]);
});

Deno.test("findAllSessionFiles fails if the folder of all workspaces cannot be read", async () => {
  await using place = await makePlace();
  await Deno.mkdir(`${place.home}/.claude`);
  await Deno.writeTextFile(`${place.home}/.claude/projects`, "");
  await assertUsage(
    () => findAllSessionFiles(place, () => {}),
    `cannot read the sessions in ${place.home}/.claude/projects: `,
  );
});
