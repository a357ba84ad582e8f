/**
 * A stand-in for Claude Code that needs no shell, for systems that have none: it answers with its prompt, or
 * never ends when the prompt asks for that. Its first argument is the port of who watches whether it lives.
 *
 * @module
 */

import { FAKE_CLAUDE_VERSION, initLine, resultLine, textLine } from "./fake_claude.ts";

const [port = "0", ...args] = Deno.args;
if (args[0] === "--version") {
  console.log(`${FAKE_CLAUDE_VERSION} (Claude Code)`);
  Deno.exit(0);
}
// Whoever ends this process, the connection ends with it.
const connection = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
const prompt = (await new Response(Deno.stdin.readable).text()).trim();
console.log(initLine());
if (prompt === "hang") await connection.read(new Uint8Array(1));
console.log(textLine(`You said: ${prompt}`));
console.log(resultLine({ result: `You said: ${prompt}` }));
connection.close();
