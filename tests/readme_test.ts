/**
 * Pastes the shell blocks of the README and of the help topics into an interactive zsh, in which all
 * programs are stubs, and checks what else the README promises a reader.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import config from "../deno.json" with { type: "json" };
import { writeExecutable } from "./support/executable.ts";
import { REPOSITORY } from "./support/paths.ts";
import { DOCUMENTS, documentSection, fences, readDocument } from "./support/readme.ts";
import { SANDBOX_PATH } from "./support/sandbox.ts";
import { testWith } from "./support/test_with.ts";

const PROGRAMS = [
  "ccrun",
  "cat",
  "curl",
  "deno",
  "gh",
  "git",
  "jq",
  "mkdir",
  "npm",
  "npx",
  "sh",
  "sha256sum",
  "ssh",
  "tail",
  "tar",
];

/** Records its calls, and complains about a comment that the shell passed on. */
const STUB = `#!/bin/sh
echo "\${0##*/}" >>"$HOME/calls"
for word; do
  if [ "$word" = "#" ]; then echo "zsh: a comment became an argument of \${0##*/}" >&2; fi
done
`;

/** Finds zsh before PATH has the stubs alone. Without +m zsh asks for a terminal. */
const START_ZSH = 'zsh=$(command -v zsh); PATH=$1; exec "$zsh" -f -i +m -s';

/** Returns what an interactive zsh writes to stderr when `block` is pasted, and the programs called. */
async function paste(block: string): Promise<{ stderr: string; calls: readonly string[] }> {
  const home = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  try {
    await Deno.mkdir(`${home}/bin`);
    for (const name of PROGRAMS) await writeExecutable(`${home}/bin/${name}`, STUB);
    const zsh = new Deno.Command("/bin/sh", {
      args: ["-c", START_ZSH, "sh", `${home}/bin`],
      cwd: home,
      clearEnv: true,
      env: { HOME: home, PATH: SANDBOX_PATH, PS1: "", PS2: "", TERM: "dumb" },
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const writer = zsh.stdin.getWriter();
    await writer.write(new TextEncoder().encode(`${block}\nexit\n`));
    await writer.close();
    const { stderr } = await zsh.output();
    const calls = await Deno.readTextFile(`${home}/calls`).catch(() => "");
    return { stderr: new TextDecoder().decode(stderr), calls: calls.split("\n").slice(0, -1) };
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

const ZSH_ERROR = /zsh: .*/;

testWith(
  { commands: ["zsh"] },
  "the shell blocks of the documents can be pasted into zsh",
  async () => {
    const blocks = DOCUMENTS.flatMap((path) => fences(readDocument(path), "sh"));
    assert(blocks.length >= 10, String(blocks.length));
    await Promise.all(blocks.map(async (block) => {
      const { stderr, calls } = await paste(block);
      assertEquals(ZSH_ERROR.exec(stderr)?.[0], undefined, block);
      assert(calls.length > 0 || block.startsWith("export "), block);
    }));
  },
);

testWith(
  { commands: ["zsh"] },
  "zsh reports comments, syntax errors and missing programs",
  async () => {
    const bad = ["# comment", "ccrun hi # comment", "ccrun 'hi", "for x; done", "ls", "ccrun a?b"];
    for (const block of bad) {
      assert(ZSH_ERROR.test((await paste(block)).stderr), block);
    }
  },
);

Deno.test("the README is short, and names the commands for the demo and the tests", () => {
  const readme = readDocument("README.md");
  assert(new TextEncoder().encode(readme).length < 13_000);
  for (const task of ["demo", "test", "ok", "compile"]) {
    assert(Object.hasOwn(config.tasks, task), task);
    assertStringIncludes(readme, `npx -y deno@2.9.6 task ${task}\n`);
  }
});

Deno.test("the README links to files that exist", async () => {
  const links = [...readDocument("README.md").matchAll(/\]\((?!https?:)([^)#]+)\)/g)];
  assert(links.length > 6);
  for (const [, path] of links) await Deno.stat(`${REPOSITORY}/${path}`);
});

Deno.test("the README shows the tree of lib/, and CONTRIBUTING names paths that exist", async () => {
  const section = documentSection("README.md", "## Contributing") ?? "";
  const [tree = ""] = fences(section, "text");
  const [, lib = ""] = tree.split("\nlib/\n");
  const shown = [...lib.matchAll(/^ {2}([\w.]+)\/? /gm)].map(([, name]) => name);
  const entries = await Array.fromAsync(Deno.readDir(`${REPOSITORY}/lib`), ({ name }) => name);
  // The line of events.ts names json_schema.ts.
  assertEquals(shown.toSorted(), entries.filter((name) => name !== "json_schema.ts").toSorted());
  const text = section + readDocument(".github/CONTRIBUTING.md");
  const paths = [...text.matchAll(/`((?:lib|tests)\/[\w/.]+)`/g)];
  assert(paths.length > 6);
  for (const [, path] of paths) await Deno.stat(`${REPOSITORY}/${path}`);
});
