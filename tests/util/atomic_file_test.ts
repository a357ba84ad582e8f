import { assert, assertEquals, assertRejects } from "@std/assert";
import { dirname } from "@std/path/dirname";
import { CcrunError } from "../../lib/errors.ts";
import { openAtomicFile } from "../../lib/util/atomic_file.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { succeeds } from "../support/test_with.ts";

/** Returns the new files of the sandbox's project. */
function added(sandbox: Sandbox, before: ReadonlySet<string>): string[] {
  return names(sandbox).filter((name) => !before.has(name));
}

function names(sandbox: Sandbox): string[] {
  return [...Deno.readDirSync(sandbox.project)].map(({ name }) => name).sort();
}

async function usage(path: string): Promise<string> {
  const error = await assertRejects(() => openAtomicFile(path, "--output"), CcrunError);
  assertEquals(error.kind, "usage");
  assert(error.message.includes("--output") && error.message.includes(path), error.message);
  return error.message;
}

function modeOf(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o777;
}

Deno.test("AtomicFile writes the whole file and leaves nothing else", async () => {
  await using sandbox = await makeSandbox();
  const before = new Set(names(sandbox));
  const path = `${sandbox.project}/answer.txt`;
  const file = await openAtomicFile(path, "--output");
  assertEquals(added(sandbox, before).includes("answer.txt"), false);
  await file.write("Done. 你好\n");
  assertEquals(await Deno.readTextFile(path), "Done. 你好\n");
  assertEquals(added(sandbox, before), ["answer.txt"]);
});

Deno.test("AtomicFile replaces an older file only when it is written", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.project}/answer.txt`;
  await Deno.writeTextFile(path, "old and much longer");
  await Deno.chmod(path, 0o640);
  const file = await openAtomicFile(path, "--output");
  assertEquals(await Deno.readTextFile(path), "old and much longer");
  await file.write("new\n");
  assertEquals([await Deno.readTextFile(path), modeOf(path)], ["new\n", 0o640]);
});

Deno.test("AtomicFile replaces a link, and not its target", async () => {
  await using sandbox = await makeSandbox();
  const target = `${sandbox.root}/target.txt`;
  await Deno.writeTextFile(target, "old");
  const link = `${sandbox.project}/link.txt`;
  await Deno.symlink(target, link);
  const file = await openAtomicFile(link, "--output");
  await file.write("new\n");
  assertEquals([await Deno.readTextFile(target), await Deno.readTextFile(link)], ["old", "new\n"]);
  assert((await Deno.lstat(link)).isFile);
});

Deno.test("openAtomicFile reports a file that cannot be written", async () => {
  await using sandbox = await makeSandbox();
  const before = new Set(names(sandbox));
  assert((await usage(sandbox.project)).includes("directory"));
  assert((await usage(`${sandbox.project}/none/answer.txt`)).includes("does not exist"));
  await usage(`${sandbox.project}/notes.txt/answer.txt`);
  assert((await usage("/dev/null")).includes("not a regular file"));
  assertEquals(added(sandbox, before), []);
});

Deno.test("AtomicFile rejects if the directory is gone", async () => {
  await using sandbox = await makeSandbox();
  const directory = `${sandbox.project}/sub`;
  await Deno.mkdir(directory);
  const file = await openAtomicFile(`${directory}/answer.txt`, "--output");
  await Deno.remove(directory, { recursive: true });
  await assertRejects(() => file.write("Done.\n"), Deno.errors.NotFound);
});

/** Makes a file that can be written but not replaced. Returns a function that undoes this. */
function makeIrreplaceable(path: string): (() => void) | undefined {
  if (Deno.uid() === 0) {
    if (!succeeds("mount", "--bind", path, path)) return undefined;
    return () => void succeeds("umount", path);
  }
  const directory = dirname(path);
  Deno.chmodSync(directory, 0o555);
  return () => Deno.chmodSync(directory, 0o755);
}

Deno.test("AtomicFile overwrites a file that cannot be replaced, such as a mount point", async () => {
  await using sandbox = await makeSandbox();
  const directory = `${sandbox.root}/mounted`;
  await Deno.mkdir(directory);
  for (const [old, text] of [["old", "new and longer\n"], ["old and longer", "new\n"], ["", ""]]) {
    const path = `${directory}/answer.txt`;
    await Deno.writeTextFile(path, old ?? "");
    const undo = makeIrreplaceable(path);
    if (undo === undefined) return console.log("skipped: mount is not permitted");
    try {
      await (await openAtomicFile(path, "--output")).write(text ?? "");
      assertEquals(await Deno.readTextFile(path), text);
    } finally {
      undo();
    }
  }
});
