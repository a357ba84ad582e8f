import { assertEquals } from "@std/assert";
import type { RunRequest } from "../../lib/run/request.ts";
import { startNotices } from "../../lib/run/start_notices.ts";
import { makePlace, TALK } from "../claude/sessions/place.ts";

/** Returns the texts of the notices, which are all warnings. */
async function warnings(
  request: Pick<RunRequest, "env" | "target"> & { extraArgs?: string[] },
): Promise<string[]> {
  const { extraArgs } = request;
  const notices = await startNotices({ ...request, claude: { extraArgs } });
  return notices.map((notice) =>
    notice.type === "notice" && notice.level === "warning" ? notice.text : notice.type
  );
}

Deno.test("startNotices warns about variables that redirect git, in one line", async () => {
  const target = { cwd: "/project" };
  assertEquals(await warnings({ env: { GIT_AUTHOR_NAME: "Ada", GIT_PREFIX: "" }, target }), []);
  assertEquals(await warnings({ env: { GIT_INDEX_FILE: "i", GIT_WORK_TREE: "." }, target }), [
    "git commands of the agent inherit GIT_WORK_TREE, GIT_INDEX_FILE, as a git hook sets them; " +
    "to avoid it: unset GIT_WORK_TREE GIT_INDEX_FILE",
  ]);
});

Deno.test("startNotices warns that there is no session to continue, if that is sure", async () => {
  await using place = await makePlace();
  const { cwd, home } = place;
  const env = { HOME: home };
  const target = { cwd, continueLast: true };
  assertEquals(await warnings({ env, target: { cwd } }), []);
  assertEquals(await warnings({ env, target }), [
    `${cwd} has no session to continue, so this run starts a new one`,
  ]);
  for (const arg of ["--worktree", "--worktree=wt", "-w"]) {
    assertEquals(await warnings({ env, target, extraArgs: [arg] }), [], arg);
  }
  assertEquals(await warnings({ env, target: { ...target, cwd: `${cwd}/gone` } }), []);
  await place.write(TALK("One"));
  assertEquals(await warnings({ env, target }), []);
});
