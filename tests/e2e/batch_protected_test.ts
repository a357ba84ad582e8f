/**
 * The files of a batch, which the claudes of its tasks must not change.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { text, toolUse } from "../support/api_reply.ts";
import { bash, SKIP, withScene } from "./scene.ts";

/** Names with characters that mean something in the rules of claude. */
const NAMES = ["results.jsonl", "results[1].jsonl", "my (2) results*.jsonl"];

Deno.test("claude cannot edit the results and the logs of its batch", async () => {
  let path = "";
  const forge = () => toolUse("Write", { file_path: path, content: "forged" });
  const replies = NAMES.flatMap(() => [forge, text("Tried.")]);
  await withScene([...replies, forge, text("Tried.")], async ({ sandbox, shell }) => {
    const write = async (results: string, target: string) => {
      path = `${sandbox.project}/${target}`;
      await Deno.writeTextFile(`${sandbox.project}/tasks.txt`, "Do it.\n");
      const options = `--logs logs --permission-mode acceptEdits --json`;
      return await shell(`ccrun batch tasks.txt --results '${results}' ${options}`);
    };
    for (const name of NAMES) {
      const { code, stdout } = await write(name, name);
      assertEquals(code, 0, stdout);
      assertStringIncludes(stdout, '"cause":"deny_rule"');
      const line = JSON.parse(await Deno.readTextFile(`${sandbox.project}/${name}`));
      assertEquals([line.id, line.answer], ["Do it.", "Tried."]);
    }
    const { stdout } = await write("other.jsonl", "logs/forged.jsonl");
    assertStringIncludes(stdout, '"cause":"deny_rule"');
  });
});

Deno.test("a batch stops if claude changes its results in another way", async () => {
  const replies = [bash("sh forge.sh"), text("Done.")];
  await withScene(replies, async ({ sandbox, shell }) => {
    await Deno.writeTextFile(`${sandbox.project}/tasks.txt`, "One.\nTwo.\n");
    await Deno.writeTextFile(`${sandbox.project}/forge.sh`, "echo '{}' >>results.jsonl\n");
    const command = `ccrun batch tasks.txt --results results.jsonl --jobs 1 ${SKIP}`;
    const { code, stderr } = await shell(command);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "results.jsonl: another program has changed it");
    assertStringIncludes(stderr, "0 succeeded, 0 failed, 2 remaining");
  });
});
