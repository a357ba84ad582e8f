import { assertEquals } from "@std/assert";
import { reportEarlyFailure } from "../../lib/cli/early_failure.ts";
import { usageError } from "../../lib/cli/usage_error.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { makeHost } from "./hosts.ts";

Deno.test("reportEarlyFailure does not replace a recording that is also the file of --result", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.project}/recording.jsonl`;
  await Deno.writeTextFile(path, "{}\n");
  const host = makeHost({ cwd: sandbox.project });
  for (const args of [[], ["--unknown"], ["other.jsonl"]]) {
    const failed = { args: ["replay", ...args, path, "--result", path], host };
    assertEquals(await reportEarlyFailure(usageError("invalid"), failed), 2);
    assertEquals(await Deno.readTextFile(path), "{}\n", args.join(" "));
  }
});
