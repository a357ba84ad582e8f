import { assertEquals } from "@std/assert";
import { snapshotArguments } from "../../lib/run/system_prompt_snapshot.ts";
import { writeExecutable } from "../support/executable.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";

const OFF = ["--system-prompt-snapshot=off"];

/** Writes a claude with this help. It records each call. */
async function makeClaude({ bin }: Sandbox, name: string, help: string): Promise<string> {
  const path = `${bin}/${name}`;
  await writeExecutable(path, `#!/bin/sh\necho "$*" >>'${path}.calls'\necho '${help}'\n`);
  return path;
}

Deno.test("snapshotArguments asks a claude once, and only if a resumed session has a system prompt", async () => {
  await using sandbox = await makeSandbox();
  const command = await makeClaude(sandbox, "new", "  --system-prompt-snapshot <on|off>  Record");
  const of = (...args: string[]) =>
    snapshotArguments({ command, args, env: sandbox.env(), cwd: sandbox.project });
  assertEquals(await of("--append-system-prompt=Be kind."), []);
  assertEquals(await of("--resume=1"), []);
  assertEquals(await of("--resume=1", "--append-subagent-system-prompt=x"), []);
  assertEquals(await of("--resume=1", "--system-prompt=x", "--system-prompt-snapshot=on"), []);
  assertEquals(await of("--resume=1", "--append-system-prompt=Be kind."), OFF);
  assertEquals(await of("--continue", "--system-prompt-file=/p"), OFF);
  assertEquals(await of("-c", "--append-system-prompt-file", "/p"), OFF);
  assertEquals(await Deno.readTextFile(`${command}.calls`), "--help\n");
});

Deno.test("snapshotArguments leaves the option out for a claude that does not know it", async () => {
  await using sandbox = await makeSandbox();
  const command = await makeClaude(sandbox, "old", "  --system-prompt <prompt>  System prompt");
  const args = ["--resume=1", "--system-prompt=x"];
  const options = { command, args, env: sandbox.env(), cwd: sandbox.project };
  assertEquals(await snapshotArguments(options), []);
});
