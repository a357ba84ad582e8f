import { assertEquals } from "@std/assert";
import { waitForCreation } from "../../../lib/batch/worktrees/files.ts";
import { resolvesWithin } from "../../../lib/util/resolves_within.ts";
import { makeSandbox } from "../../support/sandbox.ts";

Deno.test("waitForCreation waits as long as git locks the worktree that it creates", async () => {
  await using sandbox = await makeSandbox();
  const { root } = sandbox;
  await waitForCreation(root);
  await Deno.writeTextFile(`${root}/locked`, "a reason of the user\n");
  await waitForCreation(root);
  await Deno.writeTextFile(`${root}/locked`, "initializing\n");
  const waiting = waitForCreation(root);
  assertEquals(await resolvesWithin(waiting, 50), false);
  await Deno.remove(`${root}/locked`);
  await waiting;
});
