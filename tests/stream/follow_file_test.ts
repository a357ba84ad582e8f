import { assertEquals, assertRejects } from "@std/assert";
import { followFile, type FollowFileOptions } from "../../lib/stream/follow_file.ts";
import { GrowingFile } from "../../lib/stream/growing_file.ts";
import { toLines } from "../../lib/stream/lines.ts";
import { makeTempFolder } from "../support/temp_folder.ts";
import { waitFor } from "../support/wait_for.ts";

/** Follows a file of one line, and reads its lines. */
async function withFollowed(
  options: FollowFileOptions,
  act: (lines: AsyncIterableIterator<string>, path: string) => Promise<void>,
): Promise<void> {
  using directory = makeTempFolder();
  const path = `${directory.path}/a`;
  Deno.writeTextFileSync(path, "one\n");
  const stream = followFile(await GrowingFile.open(path), options);
  await act(toLines(stream).values(), path);
}

function append(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { append: true });
}

Deno.test("followFile reads a file while it grows, and what is written before its end", async () => {
  let path = "";
  let isOver = false;
  const options: FollowFileOptions = {
    isOver: () => {
      if (isOver) append(path, "last");
      return isOver;
    },
  };
  await withFollowed(options, async (lines, place) => {
    path = place;
    assertEquals((await lines.next()).value, "one");
    append(path, "tw");
    const next = lines.next();
    append(path, "o ü\n");
    assertEquals((await next).value, "two ü");
    isOver = true;
    assertEquals(await Array.fromAsync(lines), ["last"]);
  });
});

Deno.test("followFile ends when the file stays missing, and continues when it returns", async () => {
  await withFollowed({ isOver: () => false, missingLimitMs: 100 }, async (lines, path) => {
    assertEquals((await lines.next()).value, "one");
    Deno.removeSync(path);
    append(path, "two\n");
    assertEquals((await lines.next()).value, "two");
    append(path, "three\n");
    Deno.removeSync(path);
    assertEquals(await Array.fromAsync(lines), ["three"]);
  });
});

Deno.test({
  name: "followFile closes the file and leaves no timer when the stream is cancelled",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    using folder = makeTempFolder();
    const path = `${folder.path}/a`;
    append(path, "one\n");
    const stream = followFile(await GrowingFile.open(path), { isOver: () => false });
    const reader = stream.getReader();
    assertEquals((await reader.read()).value?.length, 4);
    await reader.cancel();
  },
});

Deno.test({
  name: "followFile closes the file when a signal aborts the pipe that reads it",
  sanitizeOps: true,
  sanitizeResources: true,
  fn: async () => {
    using folder = makeTempFolder();
    const path = `${folder.path}/a`;
    append(path, "one\n");
    const stop = new AbortController();
    const file = await GrowingFile.open(path);
    const stream = followFile(file, { isOver: () => false });
    const lines = toLines(stream, { signal: stop.signal }).values();
    assertEquals((await lines.next()).value, "one");
    const next = lines.next();
    stop.abort(new Error("stopped"));
    await assertRejects(() => next, Error, "stopped");
    // The pipe does not wait for its source.
    const isClosed = () => Array.fromAsync(file.read()).then(() => false, () => true);
    assertEquals(await waitFor(isClosed, 30_000), true);
  },
});

Deno.test("followFile rejects with the error of its condition", async () => {
  const isOver = () => {
    throw new Error("broken");
  };
  await withFollowed({ isOver }, async (lines) => {
    await assertRejects(() => Array.fromAsync(lines), Error, "broken");
  });
});
