import { assert, assertEquals, assertThrows } from "@std/assert";
import { dirname } from "@std/path/dirname";
import { CcrunError } from "../../lib/errors.ts";
import { createPrivateFiles } from "../../lib/util/private_files.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { startProcess } from "../support/running_process.ts";
import { waitFor } from "../support/wait_for.ts";
import { REPOSITORY } from "../support/paths.ts";

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

function modeOf(path: string): string {
  return ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);
}

/** Runs a program that writes a private file and ends with a statement. Returns the path of the file. */
async function writeInProgram(sandbox: Sandbox, end: string): Promise<string> {
  const program = `${sandbox.root}/program.ts`;
  await Deno.writeTextFile(
    program,
    `import { createPrivateFiles } from "${REPOSITORY}/lib/util/private_files.ts";
console.log(createPrivateFiles().write("one", "1"));
${end}
`,
  );
  await using process = startProcess(
    [Deno.execPath(), "run", "-A", "--no-lock", "--quiet", program],
    { sandbox },
  );
  const { stdout } = await process.finished;
  assert(stdout.startsWith(`${sandbox.root}/tmp/`), stdout);
  return stdout.trim();
}

Deno.test("PrivateFiles writes files that only their owner can read", async () => {
  const files = createPrivateFiles();
  try {
    const path = files.write("settings.json", "secret 你好");
    assertEquals(await Deno.readTextFile(path), "secret 你好");
    assert(path.endsWith("/settings.json"));
    assertEquals([modeOf(path), modeOf(path.replace(/\/[^/]*$/, ""))], ["600", "700"]);
  } finally {
    files.remove();
  }
});

Deno.test("PrivateFiles.remove removes the files and their directory, even twice", async () => {
  const files = createPrivateFiles();
  const one = files.write("one", "1");
  const two = files.write("two", "2");
  const directory = one.replace(/\/[^/]*$/, "");
  files.remove();
  assertEquals([await exists(one), await exists(two), await exists(directory)], [
    false,
    false,
    false,
  ]);
  files.remove();
  assertThrows(() => files.write("three", "3"));
});

Deno.test("PrivateFiles are removed when the program is killed", async () => {
  await using sandbox = await makeSandbox();
  const directory = dirname(await writeInProgram(sandbox, 'Deno.kill(Deno.pid, "SIGKILL");'));
  assert(await waitFor(async () => !await exists(directory), 30_000), "the directory still exists");
});

Deno.test("PrivateFiles never overwrites a file", async () => {
  const files = createPrivateFiles();
  try {
    const path = files.write("one", "1");
    assertThrows(() => files.write("one", "2"), CcrunError);
    assertEquals(await Deno.readTextFile(path), "1");
  } finally {
    files.remove();
  }
});

Deno.test("PrivateFiles of two runs have different directories", async () => {
  const [files, others] = [createPrivateFiles(), createPrivateFiles()];
  try {
    const one = files.write("one", "1");
    const other = others.write("one", "2");
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
    assertEquals(await exists(await writeInProgram(sandbox, end)), false, end);
  }
});
