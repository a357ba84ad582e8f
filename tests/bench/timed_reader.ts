// Reads the lines of timed_claude.ts, or their events, and prints their ages in milliseconds as JSON.
// Usage: deno run timed_reader.ts

const chunks: { readonly time: number; readonly bytes: Uint8Array }[] = [];
const buffer = new Uint8Array(256 * 1024);
// Reads synchronously, because the event loop would add to the time. Parses at the end.
for (let length = Deno.stdin.readSync(buffer); length !== null;) {
  const time = performance.timeOrigin + performance.now();
  chunks.push({ time, bytes: buffer.slice(0, length) });
  length = Deno.stdin.readSync(buffer);
}

const ages: number[] = [];
const decoder = new TextDecoder();
let rest = "";
for (const { time, bytes } of chunks) {
  const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
  rest = lines.pop() ?? "";
  for (const line of lines) {
    const written = writtenAt(line);
    if (written !== undefined) ages.push(time - written);
  }
}
console.log(JSON.stringify(ages));

/** Returns the time in a text event of ccrun, or in a text of claude. */
function writtenAt(line: string): number | undefined {
  const message = JSON.parse(line);
  if (message.type === "text") return Number(message.text);
  return message.type === "assistant" ? Number(message.message.content[0].text) : undefined;
}
