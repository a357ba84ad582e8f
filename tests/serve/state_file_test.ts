import { assertEquals, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { openStateFile, readStateFile, StateFile } from "../../lib/serve/state_file.ts";
import { OTHER_USER, TWO_USERS } from "../support/other_user.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { testWith } from "../support/test_with.ts";

const SESSION = { session_id: "0a52f0c6-1c5e-4c3f-9b0e-0f0f3c1d2e4b", cwd: "/project" };

Deno.test("a state file is read as it was written, and only its owner can read it", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/state.json`;
  assertEquals((await readStateFile(path)).size, 0);
  const stored = new Map([["chat-42", SESSION]]);
  using opened = await openStateFile(path);
  const state = new StateFile({
    file: opened.file,
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

Deno.test("only one service uses a state file", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/state.json`;
  const refused = () => assertRejects(() => openStateFile(path), CcrunError, "another ccrun serve");
  {
    using _ = await openStateFile(path);
    await refused();
  }
  await Deno.writeTextFile(path, "no JSON");
  await assertRejects(() => openStateFile(path), CcrunError, "not a state file");
  await Deno.remove(path);
  using _ = await openStateFile(path);
});

Deno.test("a state file becomes private when it is written", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/state.json`;
  const text = JSON.stringify({ version: 1, conversations: {} });
  await Deno.writeTextFile(path, text, { mode: 0o644 });
  using opened = await openStateFile(path);
  await opened.file.write(text);
  assertEquals(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a link and a directory are no state files", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/state.json`;
  const target = `${sandbox.root}/target.json`;
  await Deno.writeTextFile(target, JSON.stringify({ version: 1, conversations: {} }));
  await Deno.symlink(target, path);
  await assertRejects(() => openStateFile(path), CcrunError, "it is a link");
  await assertRejects(() => openStateFile(sandbox.project), CcrunError, "it is a directory");
  await Deno.symlink(target, `${sandbox.root}/other.lock`);
  await assertRejects(
    () => openStateFile(`${sandbox.root}/other`),
    CcrunError,
    "other.lock is not",
  );
});

testWith(TWO_USERS, "the file of another user is no state file", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/state.json`;
  await Deno.writeTextFile(path, JSON.stringify({ version: 1, conversations: {} }));
  await Deno.chown(path, OTHER_USER, OTHER_USER);
  await assertRejects(() => openStateFile(path), CcrunError, "it belongs to another user");
});
