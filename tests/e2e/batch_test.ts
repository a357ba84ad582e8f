/**
 * `ccrun batch` with the real Claude Code.
 *
 * @module
 */

import { testWith } from "../support/test_with.ts";
import { assertRenamesFiles } from "./batch_scene.ts";

testWith({ commands: ["git"] }, "ccrun batch runs a prompt over files", async () => {
  await assertRenamesFiles({ files: 4, hasWorktrees: false });
});

testWith({ commands: ["git"] }, "ccrun batch --worktrees keeps the edits apart", async () => {
  await assertRenamesFiles({ files: 4, hasWorktrees: true });
});
