import { assertEquals } from "@std/assert";
import { ClaudeSession } from "../../lib/session.ts";
import { emit, fakeClaude, initLine, resultLine, textLine } from "../support/fake_claude.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { waitFor } from "../support/wait_for.ts";

Deno.test("a run continues while the reader of its events waits", async () => {
  await using sandbox = await makeSandbox();
  // More than all pipes on the way hold.
  const texts = Array.from({ length: 600 }, (_, at) => textLine(`${at} ${"x".repeat(1000)}`));
  const body = `${emit(initLine(), ...texts)}: >"$HOME/written"\n${emit(resultLine())}`;
  const session = new ClaudeSession({
    workspace: sandbox.project,
    claudePath: await fakeClaude(sandbox, body),
    env: sandbox.env(),
  });
  const written = () => Deno.stat(`${sandbox.home}/written`).then(() => true, () => false);
  let seen = 0;
  for await (const event of session.run("hi")) {
    if (event.type === "text" && seen++ === 0) {
      assertEquals(await waitFor(written, 30_000), true, "claude waits for the reader");
    }
    if (event.type === "exit") assertEquals(event.reason, "success");
  }
  assertEquals(seen, 600);
});
