/**
 * ccrun from source, without all of its permissions.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { command, denoVariables } from "../support/ccrun.ts";
import { startProcess } from "../support/running_process.ts";
import { assertClearMessage, STORY, withFake } from "./fake_scene.ts";

Deno.test("ccrun reports a missing permission as an error event and on stderr, with the flag", async () => {
  if (Deno.env.get("CCRUN_TEST_BINARY")) return; // its permissions are built in
  const rows = [
    ["--allow-run", "--allow-run=claude", []],
    ["--allow-env", "--allow-env=PATH,HOME", []],
    ["--allow-read", "--allow-read=.", []],
    ["--allow-read", "--allow-read --deny-read=/none", []],
    ["--allow-write", "--allow-write=other", ["-o", "answer.txt"]],
  ] as const;
  await withFake(STORY, async ({ sandbox, prompt }) => {
    const words = await command();
    const env = await denoVariables();
    await Promise.all(rows.map(async ([flag, partial, args]) => {
      assert(words.includes(flag));
      const [deno = "", ...others] = words.flatMap((word) =>
        word === flag ? partial.split(" ") : word
      );
      await using process = startProcess([deno, ...others, "--json", "--no-stdin", ...args, "hi"], {
        sandbox,
        env,
      });
      const { stdout, stderr, code } = await process.finished;
      const events = stdout.trim().split("\n").map((line) => JSON.parse(line));
      assertEquals(events.map(({ type }) => type), ["start", "error", "exit"], flag);
      const { message, hint } = events[1].error;
      assertStringIncludes(`${message} ${hint}`, flag);
      assertClearMessage(stderr);
      assertEquals(code, 2);
    }));
    assertEquals(await prompt(), undefined, "claude was not started");
  });
});
