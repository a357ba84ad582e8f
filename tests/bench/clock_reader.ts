// The reader for the latency benchmark: says for each text of clock_claude's, or its event, how many
// milliseconds old it was when it came, as a list in JSON.
// Run as a program of its own, so that it has nothing else to do: deno run clock_reader.ts
import { asArray, asObject } from "../support/json.ts";

const chunks: { readonly time: number; readonly bytes: Uint8Array }[] = [];
const buffer = new Uint8Array(256 * 1024);
// No event loop between the pipe and the clock; what was read is looked at when all has come.
for (let length = Deno.stdin.readSync(buffer); length !== null;) {
  const time = performance.timeOrigin + performance.now();
  chunks.push({ time, bytes: buffer.slice(0, length) });
  length = Deno.stdin.readSync(buffer);
}

const latencies: number[] = [];
const decoder = new TextDecoder();
let open = "";
for (const { time, bytes } of chunks) {
  const lines = (open + decoder.decode(bytes, { stream: true })).split("\n");
  open = lines.pop() ?? "";
  for (const line of lines) {
    const written = writtenAt(asObject(JSON.parse(line)));
    if (written !== undefined) latencies.push(time - written);
  }
}
console.log(JSON.stringify(latencies));

/** When a line was written: an event of ccrun's, or claude's own. */
function writtenAt(message: ReturnType<typeof asObject>): number | undefined {
  if (message["type"] === "text") return Number(message["text"]);
  if (message["type"] !== "assistant") return undefined;
  const [block] = asArray(asObject(message["message"])["content"]);
  return Number(asObject(block)["text"]);
}
