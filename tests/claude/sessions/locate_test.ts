import { assertEquals } from "@std/assert";
import { findSessionDirectory } from "../../../lib/claude/sessions/locate.ts";
import { projectFolderName } from "../../../lib/claude/sessions/store.ts";

const ID = "5e551011-0000-4000-8000-000000000002";

Deno.test("findSessionDirectory finds a session of the directory, or else of another one", async () => {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "ccrun-test-" }));
  try {
    const find = (cwd: string, id = ID) =>
      findSessionDirectory(id, { cwd, env: {}, home: `${root}/home` });
    // Without a configuration directory, nothing shows that the session is not stored.
    assertEquals(await find(root), root);

    const folder = `${root}/home/.claude/projects/${projectFolderName(root)}`;
    await Deno.mkdir(folder, { recursive: true });
    assertEquals(await find(root), undefined);
    await Deno.writeTextFile(`${folder}/${ID}.jsonl`, "");
    assertEquals(await find(root), undefined);

    const message = { type: "user", cwd: root, message: { role: "user", content: "Hello." } };
    await Deno.writeTextFile(`${folder}/${ID}.jsonl`, `${JSON.stringify(message)}\n`);
    assertEquals(await find(root), root);
    assertEquals(await find(`${root}/elsewhere`), root);
    assertEquals(await find(root, `../${projectFolderName(root)}/${ID}`), undefined);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
