import { assertEquals } from "@std/assert";
import { readJsonOption } from "../../lib/util/json_option.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { assertUsage } from "../cli/usage.ts";

Deno.test("readJsonOption reads an object from a file or from the value itself", async () => {
  await using sandbox = await makeSandbox();
  const cwd = sandbox.project;
  await Deno.writeTextFile(`${cwd}/schema.json`, '{\n  "type": "object"\n}\n');
  const read = (value: string, baseDirectory = cwd) =>
    readJsonOption({ source: "--settings", value, baseDirectory });
  assertEquals(await read("schema.json"), { type: "object" });
  assertEquals(await read(`${cwd}/schema.json`, "/"), { type: "object" });
  assertEquals(await read(' {"type": "array"}'), { type: "array" });
  await Deno.rename(`${cwd}/schema.json`, `${cwd}/[id].json`);
  assertEquals(await read("[id].json"), { type: "object" });
});

Deno.test("readJsonOption rejects what is not a JSON object, without quoting it", async () => {
  await using sandbox = await makeSandbox();
  const cwd = sandbox.project;
  await Deno.writeTextFile(`${cwd}/list.json`, "[1]");
  await Deno.writeTextFile(`${cwd}/broken.json`, '{\n  "key": secret\n}');
  const cases = [
    ["none.json", `cannot read --settings ${cwd}/none.json`],
    [cwd, "directory"],
    ["{oops", "not JSON", "line 1, column 2"],
    ["broken.json", "broken.json is not JSON", "line 2, column 10", `jq . ${cwd}/broken.json`],
    ["list.json", "list.json is not a JSON object"],
    ['["secret"]', "--settings is not a JSON object"],
    ['"secret"', "--settings is not a JSON object"],
    ["'{secret}'", "--settings is not a JSON object"],
    ["key:\n  secret", "--settings is not a JSON object"],
  ] as const;
  for (const [value, ...words] of cases) {
    const read = () => readJsonOption({ source: "--settings", value, baseDirectory: cwd });
    await assertUsage(read, ...words);
    const message = await read().then(String, (error: Error) => error.message);
    assertEquals(message.includes("secret"), false, message);
  }
});
