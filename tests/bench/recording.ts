import { REPOSITORY } from "../support/paths.ts";

/** The recording that is repeated: traffic with partial messages, as most lines of a long run are. */
const SAMPLE = `${REPOSITORY}/tests/recordings/2.1.197-tools-partial.jsonl`;

/** How many copies are written at once. */
const COPIES_PER_WRITE = 200;

/** Writes a recording of about `megabytes` MB (of 10^6 bytes) that ends in one result. Gives its bytes. */
export async function writeRecording(path: string, megabytes: number): Promise<number> {
  const lines = (await Deno.readTextFile(SAMPLE)).trimEnd().split("\n");
  const result = lines.pop() ?? "";
  const encoder = new TextEncoder();
  const block = encoder.encode(`${lines.join("\n")}\n`.repeat(COPIES_PER_WRITE));
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  const writeAll = async (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  };
  let size = 0;
  for (; size < megabytes * 1e6; size += block.length) await writeAll(block);
  const last = encoder.encode(`${result}\n`);
  await writeAll(last);
  return size + last.length;
}
