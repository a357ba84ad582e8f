import { assertEquals, assertRejects } from "@std/assert";
import { makeOnce } from "./make_once.ts";

/** Calls a function with the path of a folder that does not exist, and cleans up. */
async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    await test(`${root}/cache/thing`);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
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
    assertEquals(await Deno.readTextFile(`${folder}/file`), "content");
  });
});

Deno.test("makeOnce creates no folder if filling fails, and can be called again", async () => {
  await withFolder(async (folder) => {
    const fail = async (draft: string) => {
      await Deno.writeTextFile(`${draft}/file`, "a part");
      throw new Error("no network");
    };
    await assertRejects(() => makeOnce(folder, fail), Error, "no network");
    await assertRejects(() => Deno.stat(folder));
    await makeOnce(folder, () => Promise.resolve());
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  });
});
