/**
 * `ccrun batch` with 50 files and the real Claude Code.
 *
 * @module
 */

import { testWith } from "../support/test_with.ts";
import { assertRenamesFiles } from "../e2e/batch_scene.ts";

for (const hasWorktrees of [false, true]) {
  const name = hasWorktrees ? "ccrun batch --worktrees" : "ccrun batch";
  testWith({ commands: ["git"] }, `${name} runs a prompt over 50 files with 4 jobs`, async () => {
    await assertRenamesFiles({ files: 50, hasWorktrees });
  });
}
