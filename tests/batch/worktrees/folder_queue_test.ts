import { assertEquals, assertRejects } from "@std/assert";
import { FolderQueue } from "../../../lib/batch/worktrees/folder_queue.ts";
import { makeSandbox } from "../../support/sandbox.ts";

Deno.test("FolderQueue runs functions one after another, also those of another queue", async () => {
  await using sandbox = await makeSandbox();
  const queues = [new FolderQueue(sandbox.root), new FolderQueue(sandbox.root)];
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  let running = 0;
  const work = async (result: number) => {
    assertEquals(++running, 1);
    for (const _ of numbers) await Deno.stat(sandbox.root);
    running--;
    return result;
  };
  const failing = queues[0]!.run(() => Promise.reject(new Error("no")));
  const results = numbers.map((index) => queues[index % 2]!.run(() => work(index)));
  await assertRejects(() => failing, Error, "no");
  assertEquals(await Promise.all(results), numbers);
  assertEquals([...Deno.readDirSync(sandbox.root)].length, 4);
});
