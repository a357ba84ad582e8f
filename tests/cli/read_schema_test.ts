import { assertEquals } from "@std/assert";
import { readSchema } from "../../lib/cli/read_schema.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { assertUsage } from "./usage.ts";

Deno.test("readSchema reads a schema from a file or from the value itself", async () => {
  await using sandbox = await makeSandbox();
  const cwd = sandbox.project;
  await Deno.writeTextFile(`${cwd}/schema.json`, '{\n  "type": "object"\n}\n');
  assertEquals(await readSchema("schema.json", cwd), '{"type":"object"}');
  assertEquals(await readSchema(`${cwd}/schema.json`, "/"), '{"type":"object"}');
  assertEquals(await readSchema(' {"type": "array"}', cwd), '{"type":"array"}');
});

Deno.test("readSchema rejects what is not a JSON object, without quoting it", async () => {
  await using sandbox = await makeSandbox();
  const cwd = sandbox.project;
  await Deno.writeTextFile(`${cwd}/list.json`, "[1]");
  await Deno.writeTextFile(`${cwd}/broken.json`, '{\n  "key": secret\n}');
  const cases = [
    ["none.json", "cannot read --json-schema none.json"],
    [cwd, "directory"],
    ["{oops", "not JSON", "line 1, column 2"],
    ["broken.json", "broken.json is not JSON", "line 2, column 10", "jq . broken.json"],
    ["list.json", "list.json is not a JSON object"],
  ] as const;
  for (const [value, ...words] of cases) {
    await assertUsage(() => readSchema(value, cwd), ...words);
    const error = await readSchema(value, cwd).catch((error: Error) => error.message);
    assertEquals(error.includes("secret"), false, error);
  }
});
