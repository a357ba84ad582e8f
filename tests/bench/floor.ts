// A floor that ccrun is compared with: lines, and nothing else; or lines that are parsed and written
// again. Run as a program of its own: deno run floor.ts lines|parse [FILE], by default stdin
import { TextLineStream } from "@std/streams/text-line-stream";

/** How much is written at once. */
const FLUSH_LENGTH = 64 * 1024;

const [mode = "", path] = Deno.args;
const change = mode === "parse"
  ? (line: string) => JSON.stringify(JSON.parse(line))
  : (line: string) => line;
const source = path === undefined ? Deno.stdin.readable : (await Deno.open(path)).readable;
const lines = source.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
const encoder = new TextEncoder();

/** A write may take a part. */
async function write(text: string): Promise<void> {
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

let text = "";
for await (const line of lines) {
  text += `${change(line)}\n`;
  if (text.length > FLUSH_LENGTH) {
    await write(text);
    text = "";
  }
}
await write(text);
