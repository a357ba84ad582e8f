// Runs one query of the Agent SDK and writes its messages as JSON lines.
// Usage: node sdk_query.mjs SDK_MODULE CLAUDE
import process from "node:process";

const [, , sdk, claude] = process.argv;
const { query } = await import(sdk);
const options = { pathToClaudeCodeExecutable: claude, includePartialMessages: true };
for await (const message of query({ prompt: "hello", options })) {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
