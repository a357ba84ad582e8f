import { checkResult } from "./batch_output.ts";
import { asObject, type JsonObject } from "./json.ts";

/** Reads the lines of a results file, which must be complete and match the schema. */
export async function readResults(path: string): Promise<readonly JsonObject[]> {
  const text = await Deno.readTextFile(path);
  if (!text.endsWith("\n")) throw new Error(`${path} ends with an incomplete line`);
  const results = text.trimEnd().split("\n").map((line) => asObject(JSON.parse(line)));
  for (const result of results) checkResult(result);
  return results;
}

/** Returns the exit codes of the executions of each task, such as `{ a: "1 0" }`. */
export function exitCodes(results: readonly JsonObject[]): Readonly<Record<string, string>> {
  const codes: Record<string, string> = {};
  for (const { id, exit } of results) {
    const before = codes[String(id)];
    codes[String(id)] = before === undefined ? `${exit}` : `${before} ${exit}`;
  }
  return codes;
}
