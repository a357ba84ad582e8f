import { assert, assertEquals, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { createPrivateFiles } from "../../lib/util/private_files.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { startProcess } from "../support/running_process.ts";
import { REPOSITORY } from "../support/paths.ts";

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

function modeOf(path: string): string {
  return ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);
}

Deno.test("PrivateFiles writes files that only their owner can read", async () => {
  const files = createPrivateFiles();
  try {
    const path = await files.write("settings.json", "secret 你好");
    assertEquals(await Deno.readTextFile(path), "secret 你好");
    assert(path.endsWith("/settings.json"));
    assertEquals([modeOf(path), modeOf(path.replace(/\/[^/]*$/, ""))], ["600", "700"]);
  } finally {
    files.remove();
  }
});

Deno.test("PrivateFiles.remove removes the files and their directory, even twice", async () => {
  const files = createPrivateFiles();
  files.remove();
  const one = await files.write("one", "1");
  const two = await files.write("two", "2");
  const directory = one.replace(/\/[^/]*$/, "");
  files.remove();
  assertEquals([await exists(one), await exists(two), await exists(directory)], [
    false,
    false,
    false,
  ]);
  files.remove();
});

Deno.test("PrivateFiles never overwrites a file", async () => {
  const files = createPrivateFiles();
  try {
    const path = await files.write("one", "1");
    await assertRejects(() => files.write("one", "2"), CcrunError);
    assertEquals(await Deno.readTextFile(path), "1");
  } finally {
    files.remove();
  }
});

Deno.test("PrivateFiles of two runs have different directories", async () => {
  const [files, others] = [createPrivateFiles(), createPrivateFiles()];
  try {
    const one = await files.write("one", "1");
    const other = await others.write("one", "2");
    files.remove();
    assertEquals([await exists(one), await Deno.readTextFile(other)], [false, "2"]);
  } finally {
    others.remove();
    files.remove();
  }
});

Deno.test("PrivateFiles are removed when the program exits", async () => {
  for (const end of ["", "Deno.exit(3);", "throw new Error('x');"]) {
    await using sandbox = await makeSandbox();
    const program = `${sandbox.root}/program.ts`;
    await Deno.writeTextFile(
      program,
      `import { createPrivateFiles } from "${REPOSITORY}/lib/util/private_files.ts";
console.log(await createPrivateFiles().write("one", "1"));
${end}
`,
    );
    await using process = startProcess(
      [Deno.execPath(), "run", "-A", "--no-lock", "--quiet", program],
      { sandbox },
    );
    const { stdout } = await process.finished;
    assert(stdout.startsWith(`${sandbox.root}/tmp/`), stdout);
    assertEquals(await exists(stdout.trim()), false, end);
  }
});
