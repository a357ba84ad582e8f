import { assertEquals } from "@std/assert";
import { Conversations } from "../../lib/serve/conversations.ts";
import { makeSandbox } from "../support/sandbox.ts";

Deno.test("the state file keeps the conversations that a request has named", async () => {
  await using sandbox = await makeSandbox();
  const cwd = sandbox.project;
  const conversations = new Conversations({ cwd, allowedDirs: [], env: sandbox.env() });
  const id = (digit: number) => `0a52f0c6-1c5e-4c3f-9b0e-00000000000${digit}`;
  const named = await conversations.open("a", undefined);
  const placeholder = await conversations.open("pending_b", undefined);
  conversations.setSessionId(await conversations.open(undefined, undefined), id(3));
  await conversations.open(id(4), undefined);
  assertEquals(conversations.toStored(), new Map());
  conversations.setSessionId(named, id(1));
  conversations.setSessionId(placeholder, id(2));
  assertEquals(
    conversations.toStored(),
    new Map([["a", { session_id: id(1), cwd }], ["pending_b", { session_id: id(2), cwd }]]),
  );
  conversations.setSessionId(named, id(5));
  conversations.remove(placeholder);
  assertEquals(conversations.toStored(), new Map([["a", { session_id: id(5), cwd }]]));
});
