import { assertEquals, assertRejects } from "@std/assert";
import { type FileChange, GrowingFile } from "../../lib/stream/growing_file.ts";
import { makeTempFolder } from "../support/temp_folder.ts";

/** A change to the file, which has the path `a`. */
type Step = (write: (path: string, text: string) => void, folder: string) => void;

const remove: Step = (_, folder) => Deno.removeSync(`${folder}/a`);
const rename: Step = (_, folder) => Deno.renameSync(`${folder}/a`, `${folder}/b`);

/** Appends to a file. */
function append(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { append: true });
}

/** Reads the file after each step. Returns what was read, with the changes before it. */
async function readAfter(steps: readonly Step[]): Promise<string[]> {
  using directory = makeTempFolder();
  const folder = directory.path;
  append(`${folder}/a`, "one\ntw");
  const changes: FileChange[] = [];
  using file = await GrowingFile.open(`${folder}/a`, {
    onChange: (change) => changes.push(change),
  });
  const read: string[] = [];
  for (const step of [() => {}, ...steps]) {
    step((name, text) => append(`${folder}/${name}`, text), folder);
    let text = "";
    for await (const chunk of file.read()) {
      for (const change of changes.splice(0)) text += `<${change}>`;
      text += new TextDecoder().decode(chunk);
    }
    for (const change of changes.splice(0)) text += `<${change}>`;
    read.push(text);
  }
  return read;
}

const CASES: readonly (readonly [name: string, steps: readonly Step[], read: readonly string[]])[] =
  [
    ["grows", [(write) => write("a", "o\n"), () => {}, (write) => write("a", "ü")], [
      "o\n",
      "",
      "ü",
    ]],
    ["is truncated", [(_, folder) => Deno.truncateSync(`${folder}/a`, 4)], ["<truncated>\none\n"]],
    [
      "is emptied and written again",
      [(write, folder) => {
        Deno.truncateSync(`${folder}/a`);
        write("a", "new\n");
      }, (write) => write("a", "more\n")],
      ["<truncated>\nnew\n", "more\n"],
    ],
    [
      "is rotated",
      [(write, folder) => {
        rename(write, folder);
        write("b", "o\nthree\n");
        write("a", "new\n");
      }],
      ["o\nthree\n<replaced>new\n"],
    ],
    [
      "is rotated in the middle of a line",
      [(write, folder) => {
        rename(write, folder);
        write("a", "new\n");
      }],
      ["<replaced>\nnew\n"],
    ],
    [
      "is removed",
      [(write, folder) => {
        write("a", "o\n");
        remove(write, folder);
      }, () => {}],
      ["o\n<vanished>", ""],
    ],
    [
      "is removed and created again",
      [remove, (write) => write("a", "new\n")],
      ["<vanished>", "<replaced>\nnew\n"],
    ],
    [
      "is moved away and back",
      [rename, (write) => write("b", "o\n"), (write, folder) => {
        write("b", "three\n");
        Deno.renameSync(`${folder}/b`, `${folder}/a`);
      }, remove],
      ["<vanished>", "o\n", "three\n", "<vanished>"],
    ],
    [
      "becomes a directory, and then a file again",
      [(write, folder) => {
        remove(write, folder);
        Deno.mkdirSync(`${folder}/a`);
      }, (write, folder) => {
        Deno.removeSync(`${folder}/a`);
        write("a", "new\n");
      }],
      ["<vanished>", "<replaced>\nnew\n"],
    ],
  ];

for (const [name, steps, read] of CASES) {
  Deno.test(`GrowingFile reads a file that ${name}`, async () => {
    assertEquals(await readAfter(steps), ["one\ntw", ...read]);
  });
}

Deno.test("GrowingFile tells how long the file has been missing", async () => {
  using directory = makeTempFolder();
  const path = `${directory.path}/a`;
  append(path, "one\n");
  using file = await GrowingFile.open(path);
  Deno.removeSync(path);
  assertEquals(file.missingMs, 0);
  await Array.fromAsync(file.read());
  assertEquals(file.missingMs > 0, true);
  append(path, "two\n");
  await Array.fromAsync(file.read());
  assertEquals(file.missingMs, 0);
});

Deno.test("GrowingFile opens regular files only", async () => {
  using directory = makeTempFolder();
  const fifo = `${directory.path}/fifo`;
  await new Deno.Command("mkfifo", { args: [fifo] }).output();
  for (const path of [fifo, directory.path, "/dev/null"]) {
    await assertRejects(() => GrowingFile.open(path), Error, "not a regular file");
  }
  await assertRejects(() => GrowingFile.open(`${directory.path}/none`), Deno.errors.NotFound);
});

Deno.test("GrowingFile reads a large file in small chunks", async () => {
  using directory = makeTempFolder();
  const path = `${directory.path}/a`;
  const size = 200 * 1024 * 1024;
  append(path, "one\n");
  // The rest takes no space.
  Deno.truncateSync(path, size);
  using file = await GrowingFile.open(path);
  let [total, longest] = [0, 0];
  for await (const { buffer, length } of file.read()) {
    total += length;
    longest = Math.max(longest, buffer.byteLength);
  }
  assertEquals([total, longest], [size, 64 * 1024]);
});

Deno.test("GrowingFile stops reading a file that grows faster than it is read", async () => {
  using directory = makeTempFolder();
  const path = `${directory.path}/a`;
  append(path, "x");
  const stop = new AbortController();
  using file = await GrowingFile.open(path, { signal: stop.signal });
  let chunks = 0;
  for await (const _ of file.read()) {
    append(path, "x");
    if (++chunks === 3) stop.abort();
  }
  assertEquals(chunks, 3);
});
