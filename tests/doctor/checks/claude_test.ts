import { assertEquals } from "@std/assert";
import { checkClaude } from "../../../lib/doctor/checks/claude.ts";
import { writeExecutable } from "../../support/executable.ts";
import { makeSandbox } from "../../support/sandbox.ts";

Deno.test("checkClaude reports how claude was found", async () => {
  await using sandbox = await makeSandbox();
  const { root: baseDirectory, home, bin } = sandbox;
  const env = { HOME: home, PATH: bin };
  await Deno.mkdir(`${home}/.local/bin`, { recursive: true });
  const installed = `${home}/.local/bin/claude`;
  await writeExecutable(installed, "#!/bin/sh\n");
  const outsidePath = await checkClaude({ env, baseDirectory });
  assertEquals([outsidePath.path, outsidePath.finding.message], [
    installed,
    `${installed}, found where installers put it, not in PATH`,
  ]);
  const inPath = `${bin}/claude`;
  await writeExecutable(inPath, "#!/bin/sh\n");
  assertEquals(
    (await checkClaude({ env, baseDirectory })).finding.message,
    `${inPath}, found in PATH`,
  );
  const given = await checkClaude({ env: {}, baseDirectory, path: inPath, source: "CCRUN_CLAUDE" });
  assertEquals(given.finding.message, `${inPath}, given by CCRUN_CLAUDE`);
});

Deno.test("checkClaude reports a missing claude as a problem", async () => {
  const { path, finding } = await checkClaude({ env: {}, baseDirectory: "/", path: "./none" });
  assertEquals([path, finding.status], [undefined, "problem"]);
});
