import { assertEquals, assertRejects } from "@std/assert";
import { makeOnce } from "./make_once.ts";

/** Calls a function with the path of a folder that does not exist, and cleans up. */
async function withFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    await act(`${root}/cache/thing`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Returns the names in the parent of the folder. */
async function names(folder: string): Promise<readonly string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder.replace("/thing", "")));
  return entries.map((entry) => entry.name);
}

Deno.test("makeOnce fills a folder once for concurrent callers", async () => {
  await withFolder(async (folder) => {
    let fills = 0;
    const fill = async (draft: string) => {
      fills++;
      await Deno.writeTextFile(`${draft}/file`, "content");
    };
    await Promise.all([1, 2, 3, 4].map(() => makeOnce(folder, fill)));
    await makeOnce(folder, fill);
    assertEquals(fills, 1);
    assertEquals(await names(folder), ["thing"]);
  });
});

Deno.test("makeOnce leaves nothing behind if filling fails, and can be called again", async () => {
  await withFolder(async (folder) => {
    const fail = () => Promise.reject(new Error("no network"));
    await assertRejects(() => makeOnce(folder, fail), Error, "no network");
    assertEquals(await names(folder), []);
    await makeOnce(folder, () => Promise.resolve());
    assertEquals(await names(folder), ["thing"]);
  });
});

Deno.test("makeOnce ignores the lock of a process that has died", async () => {
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}.lock`, { recursive: true });
    await Deno.utime(`${folder}.lock`, 0, 0);
    await makeOnce(folder, () => Promise.resolve());
    assertEquals(await names(folder), ["thing"]);
  });
});
