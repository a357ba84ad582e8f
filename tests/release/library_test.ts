/**
 * The library in other projects, and the package that `deno publish` makes.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import * as library from "../../lib/mod.ts";
import { denoVariables } from "../support/ccrun.ts";
import { asObject } from "../support/json.ts";
import { writeLibraryProject } from "../support/library_project.ts";
import { REPOSITORY } from "../support/paths.ts";

/** Runs Deno, fails unless it succeeds, and returns its output without colors. */
async function deno(args: readonly string[], cwd = REPOSITORY): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { ...await denoVariables(), NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const output = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals(code, 0, output);
  return output;
}

/** The options of strict projects, which apply to what they link as well. */
const STRICTER = {
  lib: ["dom", "dom.iterable", "dom.asynciterable", "deno.ns"],
  exactOptionalPropertyTypes: true,
  noImplicitReturns: true,
  noPropertyAccessFromIndexSignature: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
};

Deno.test("another project that links the library checks its types", async () => {
  const directory = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    const example = await writeLibraryProject(directory);
    const names = Object.keys(library);
    assert(names.includes("sessionIdIn") && names.includes("isPendingSessionId"), names.join());
    const all = `import { ${names.join(", ")} } from "@ccrun/ccrun";\n` +
      `export const values: readonly unknown[] = [${names.join(", ")}];\n`;
    await Deno.writeTextFile(`${directory}/all.ts`, all);
    const wrong = `import { sessionIdIn } from "@ccrun/ccrun";
      // @ts-expect-error the id may be undefined
      export const id: string = sessionIdIn("{}");\n`;
    await Deno.writeTextFile(`${directory}/wrong.ts`, wrong);
    const path = `${directory}/deno.json`;
    const config = asObject(JSON.parse(await Deno.readTextFile(path)));
    await Deno.writeTextFile(path, JSON.stringify({ ...config, compilerOptions: STRICTER }));
    await deno(["check", "--quiet", example, "all.ts", "wrong.ts"], directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

Deno.test("the documentation of the library is complete", async () => {
  await deno(["doc", "--lint", "lib/mod.ts"]);
});

Deno.test("deno publish accepts the package, which contains the library and the program", async () => {
  // Only the state of the clone can differ in a release.
  const output = await deno(["publish", "--dry-run", "--allow-dirty"]);
  const root = `file://${REPOSITORY}/`;
  const files = output.split("\n").map((line) => line.trim()).filter((line) =>
    line.startsWith(root)
  )
    .map((line) => line.slice(root.length).replace(/ \(.*/, ""));
  const others = files.filter((path) => !path.startsWith("lib/"));
  assertEquals(others, ["LICENSE", "README.md", "deno.json", "main.ts"]);
  for (const path of ["lib/mod.ts", "lib/process/guardian.sh", "lib/cli/help/ci.md"]) {
    assert(files.includes(path), path);
  }
});
