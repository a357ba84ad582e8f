// The floor that json replay is compared with: lines, parsed and written again, and nothing else.
// Run as a program of its own: deno run --allow-read floor.ts FILE
import { TextLineStream } from "@std/streams/text-line-stream";

const FLUSH_LENGTH = 64 * 1024;

const [path = ""] = Deno.args;
const file = await Deno.open(path);
const lines = file.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
const encoder = new TextEncoder();
const out = Deno.stdout.writable.getWriter();
let text = "";
for await (const line of lines) {
  text += `${JSON.stringify(JSON.parse(line))}\n`;
  if (text.length > FLUSH_LENGTH) {
    await out.write(encoder.encode(text));
    text = "";
  }
}
await out.write(encoder.encode(text));
