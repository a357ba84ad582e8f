import { assertEquals } from "@std/assert";
import { findWriter, WriterWatch } from "../../lib/util/writer_watch.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { waitFor } from "../support/wait_for.ts";

Deno.test("findWriter finds open files that can be written", async () => {
  using folder = makeTempFolder();
  const path = `${folder.path}/a file`;
  Deno.writeTextFileSync(path, "one\n");
  const rows: readonly (readonly [options: Deno.OpenOptions, expected: boolean])[] = [
    [{ read: true }, false],
    [{ append: true }, true],
    [{ write: true }, true],
    [{ read: true, write: true }, true],
  ];
  for (const [options, expected] of rows) {
    using _ = Deno.openSync(path, options);
    const found = await findWriter(path);
    assertEquals(found !== "", expected, JSON.stringify(options));
    assertEquals(await findWriter(path, found), found);
    assertEquals(await findWriter(path, "/proc/self/fd/0"), found);
  }
  assertEquals(await findWriter(path), "");
});

const CLOSED_LATER: readonly boolean[] = [...Array(9).fill(false), true];

/** Looks ten times. */
async function looks(watch: WriterWatch): Promise<boolean[]> {
  const closed: boolean[] = [];
  for (const _ of CLOSED_LATER) closed.push(await watch.isClosed());
  return closed;
}

Deno.test("WriterWatch waits for a writer that cannot be seen while the file changes", async () => {
  using folder = makeTempFolder();
  const path = `${folder.path}/a`;
  Deno.writeTextFileSync(path, "one\n");
  const watch = new WriterWatch(path, 0);
  assertEquals(await watch.isClosed(), false);
  Deno.writeTextFileSync(path, "two\n", { append: true });
  assertEquals(await watch.isClosed(), false);
  assertEquals([await looks(watch), watch.hasSeenWriter], [CLOSED_LATER, false]);
});

Deno.test("WriterWatch notices that a program that was killed has closed its file", async () => {
  using folder = makeTempFolder();
  const path = `${folder.path}/a`;
  const watch = new WriterWatch(path, 0);
  const writer = new Deno.Command("/bin/sh", {
    args: ["-c", 'exec sleep 377 >"$1"', "sh", path],
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    const isSeen = async () => !await watch.isClosed() && watch.hasSeenWriter;
    assertEquals(await waitFor(isSeen, 30_000), true);
  } finally {
    writer.kill("SIGKILL");
    await writer.status;
  }
  assertEquals([await watch.isClosed(), await watch.isClosed()], [false, true]);
});

Deno.test("WriterWatch does not count a file as closed while it is rotated", async () => {
  using folder = makeTempFolder();
  const path = `${folder.path}/a`;
  const writer = Deno.openSync(path, { write: true, create: true });
  const watch = new WriterWatch(path, 0);
  assertEquals([await watch.isClosed(), watch.hasSeenWriter], [false, true]);
  Deno.removeSync(path);
  writer.close();
  for (const closed of await looks(watch)) assertEquals(closed, false);
  Deno.writeTextFileSync(path, "");
  assertEquals((await looks(watch)).slice(0, 3), [false, false, true]);
});

Deno.test("WriterWatch looks at the processes at intervals", async () => {
  using folder = makeTempFolder();
  const path = `${folder.path}/a`;
  Deno.writeTextFileSync(path, "");
  const watch = new WriterWatch(path, 1_000_000);
  await watch.isClosed();
  using _ = Deno.openSync(path, { write: true });
  await watch.isClosed();
  assertEquals(watch.hasSeenWriter, false);
});
