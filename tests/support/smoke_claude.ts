/**
 * A fake Claude Code that needs no shell, for systems without one. It repeats its prompt, or never exits
 * if the prompt is `hang`. Its first argument is a port: the test sees there whether it runs.
 *
 * @module
 */

import { FAKE_CLAUDE_VERSION, initLine, promptIn, resultLine, textLine } from "./fake_claude.ts";

const [port = "0", ...args] = Deno.args;
if (args[0] === "--version") {
  console.log(`${FAKE_CLAUDE_VERSION} (Claude Code)`);
  Deno.exit(0);
}
// The connection ends with this process.
const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
// stdin stays open until the result.
let line = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  line += text;
  if (line.endsWith("\n")) break;
}
const prompt = promptIn(line);
console.log(initLine());
if (prompt === "hang") await connection.read(new Uint8Array(1));
console.log(textLine(`You said: ${prompt}`));
console.log(resultLine({ result: `You said: ${prompt}` }));
connection.close();
