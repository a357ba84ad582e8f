import { assertEquals, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { readStateFile, StateFile } from "../../lib/serve/state_file.ts";
import { openAtomicFile } from "../../lib/util/atomic_file.ts";
import { makeSandbox } from "../support/sandbox.ts";

const SESSION = { session_id: "0a52f0c6-1c5e-4c3f-9b0e-0f0f3c1d2e4b", cwd: "/project" };

Deno.test("a state file is read as it was written, and only its owner can read it", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/state.json`;
  assertEquals((await readStateFile(path)).size, 0);
  const stored = new Map([["chat-42", SESSION]]);
  const file = await openAtomicFile(path, "--state");
  const state = new StateFile({
    file,
    read: () => stored,
    onFailure: (error) => {
      throw error;
    },
  });
  state.save();
  stored.set("__proto__", SESSION);
  state.save();
  await state.flush();
  assertEquals(await readStateFile(path), stored);
  assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("readStateFile refuses what is not a state file, and quotes nothing of it", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/state.json`;
  const conversations = { a: SESSION };
  const contents = [
    "",
    "secret",
    "[]",
    JSON.stringify({ conversations }),
    JSON.stringify({ version: 2, conversations }),
    JSON.stringify({ version: 1, conversations: [] }),
    JSON.stringify({ version: 1, conversations: { a: { ...SESSION, session_id: "--settings" } } }),
    JSON.stringify({ version: 1, conversations: { a: { ...SESSION, cwd: "relative" } } }),
    JSON.stringify({ version: 1, conversations: { "": SESSION } }),
  ];
  for (const content of contents) {
    await Deno.writeTextFile(path, content);
    const error = await assertRejects(() => readStateFile(path), CcrunError, "not a state file");
    assertEquals(error.message.includes("secret"), false);
  }
  await assertRejects(() => readStateFile(sandbox.project), CcrunError, "not a regular file");
  await assertRejects(() => readStateFile("/dev/zero"), CcrunError, "not a regular file");
});
