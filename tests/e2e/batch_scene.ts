/**
 * Batches of the real Claude Code whose tasks edit files.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type Reply, script, text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { git, initRepository, listWorktrees, taskBranches } from "../support/batch_git.ts";
import { readResults } from "../support/batch_results.ts";
import type { JsonObject } from "../support/json.ts";
import type { Sandbox } from "../support/sandbox.ts";
import { type CcrunResult, type RunningCcrun, startCcrun } from "../support/ccrun.ts";
import {
  assertNothingLeft,
  bash,
  type Scene,
  type SceneRunOptions,
  SKIP,
  withScene,
} from "./scene.ts";

/** Starts a batch with the real claude. */
export async function startBatch(
  { sandbox, api, claude }: Scene,
  args: readonly string[],
  options: SceneRunOptions = {},
): Promise<RunningCcrun> {
  return await startCcrun(["batch", "--claude", claude, ...args], {
    sandbox,
    apiUrl: api.url,
    ...options,
  });
}

/** Runs a batch with the real claude, and checks that no process or file is left. */
export async function runBatch(
  scene: Scene,
  args: readonly string[],
  options?: SceneRunOptions,
): Promise<CcrunResult> {
  await using batch = await startBatch(scene, args, options);
  const result = await batch.finished;
  await assertNothingLeft(scene.sandbox);
  return result;
}

/** A batch of {@linkcode assertRenamesFiles}. */
export interface FilesBatch {
  readonly files: number;
  readonly hasWorktrees: boolean;
}

const JOBS = 4;

/** Fails unless a batch of 4 jobs renames each file, and the same command again does nothing. */
export async function assertRenamesFiles({ files, hasWorktrees }: FilesBatch): Promise<void> {
  const names = Array.from({ length: files }, (_, index) => `file ${index + 1}.js`);
  const started = makeMeeting(JOBS);
  const rename = (request: ApiRequest): Reply => {
    const name = renamedFile(request);
    const reply = bash(`mv '${name}' '${name.replace(".js", ".ts")}'`);
    return { type: "hold", until: started(name), reply };
  };
  await withScene(script([rename, text("Renamed.")]), async (scene) => {
    const { sandbox, turns } = scene;
    for (const name of names) await Deno.writeTextFile(`${sandbox.project}/${name}`, name);
    await initRepository(sandbox);
    const path = `${sandbox.root}/results.jsonl`;
    const args = ["-", "--prompt", "Rename '{}' for me", "--results", path, SKIP];
    const batch = () =>
      runBatch(scene, [...args, "--jobs", `${JOBS}`, ...(hasWorktrees ? ["--worktrees"] : [])], {
        stdin: `${names.join("\n")}\n`,
        limitMs: 60_000 + files * 10_000,
      });
    const first = await batch();
    assertEquals([first.code, first.stdout], [0, ""], first.stderr);
    const results = await readResults(path);
    assertEquals(results.map(({ id }) => id).toSorted(), names.toSorted());
    for (const { exit, answer, execution } of results) {
      assertEquals([exit, answer, execution], [0, "Renamed.", 1]);
    }
    assertEquals(new Set(results.map(({ session_id }) => session_id)).size, files);
    if (hasWorktrees) await assertWorktrees(results, sandbox);
    else await assertRenamed(names, sandbox);
    const requests = turns().length;
    const again = await batch();
    assertEquals([again.code, turns().length], [0, requests], again.stderr);
    assertEquals(await readResults(path), results);
  });
}

/** Returns the name of the file in the prompt. */
function renamedFile({ firstPrompt }: ApiRequest): string {
  return /Rename '(.+?)' for me/.exec(firstPrompt)?.[1] ?? "unknown";
}

/** Returns a function whose promises resolve when it was called for several names: tasks that run together. */
function makeMeeting(size: number): (name: string) => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const names = new Set<string>();
  return (name) => {
    if (names.add(name).size >= size) resolve();
    return promise;
  };
}

async function assertRenamed(names: readonly string[], { project }: Sandbox): Promise<void> {
  for (const name of names) {
    const content = await Deno.readTextFile(`${project}/${name.replace(".js", ".ts")}`);
    assertEquals(content, name);
  }
}

/** Fails unless each task has a worktree on a branch of its own, in which only its file is renamed. */
async function assertWorktrees(results: readonly JsonObject[], sandbox: Sandbox): Promise<void> {
  assertEquals(await git(sandbox, sandbox.project, "status", "--porcelain"), "");
  const worktrees = await listWorktrees(sandbox);
  for (const { id, branch, worktree, changes } of results) {
    const found = worktrees.find(({ path }) => path === worktree);
    assert(found !== undefined && found.branch === branch, `the worktree of ${id}`);
    const status = await git(sandbox, found.path, "status", "--porcelain");
    assertEquals(status, ` D "${id}"\n?? "${String(id).replace(".js", ".ts")}"\n`);
    assertEquals(changes, { files: 1, insertions: 0, deletions: 1, untracked: 1, commits: 0 });
  }
  const branches = results.map(({ branch }) => String(branch));
  assertEquals((await taskBranches(sandbox)).toSorted(), branches.toSorted());
  assertEquals(worktrees.length, results.length);
}
