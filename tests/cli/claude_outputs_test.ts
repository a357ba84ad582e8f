import { checkClaudeOutputs } from "../../lib/cli/claude_outputs.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { optionsOf } from "./hosts.ts";
import { assertUsage } from "./usage.ts";

Deno.test("checkClaudeOutputs rejects a path that a link leads out of the workspace", async () => {
  await using sandbox = await makeSandbox();
  const cwd = sandbox.project;
  await Deno.symlink("../home", `${cwd}/out`);
  await Deno.symlink("missing", `${cwd}/dangling`);
  const check = (args: string[], env = {}) => checkClaudeOutputs(optionsOf(args, env), cwd);
  for (const option of ["--plans-dir", "--debug-file"]) {
    for (const path of ["out", "out/new/deep"]) {
      await assertUsage(() => check([option, path]), `cannot use ${option} ${cwd}/${path}`, "link");
    }
    await assertUsage(() => check([option, "dangling"]), `cannot use ${option} `);
    for (const path of ["new", "new/deep", ".", sandbox.home]) await check([option, path]);
  }
  await assertUsage(() => check([], { CCRUN_PLANS_DIR: "out" }), "cannot use CCRUN_PLANS_DIR ");
  await check([]);
});
