/**
 * What is loaded when ccrun starts.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { asArray, asObject, asString } from "../support/json.ts";
import { REPOSITORY } from "../support/paths.ts";

const MAIN = "main.ts";

/** The modules of a program: what each is, and what it imports at once. */
async function modulesOf(
  program: string,
): Promise<Map<string, { kind: string; imports: string[] }>> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", program],
    cwd: REPOSITORY,
    stdin: "null",
  }).output();
  assertEquals(code, 0);
  const { modules } = asObject(JSON.parse(new TextDecoder().decode(stdout)));
  return new Map(
    asArray(modules).map(asObject).map((module) => {
      const imports = asArray(module.dependencies ?? []).map(asObject)
        .filter(({ code, isDynamic }) => code !== undefined && isDynamic !== true)
        .map(({ code }) => asString(asObject(code).specifier));
      return [asString(module.specifier), { kind: String(module.mediaType), imports }];
    }),
  );
}

const modules = await modulesOf(MAIN);

/** What is loaded before the program itself says what else it needs. */
function loadedAtOnce(): Set<string> {
  const loaded = new Set<string>();
  const queue = [...modules.keys()].filter((name) =>
    name.endsWith(`/${MAIN}`) && !name.includes("/lib/")
  );
  for (const name of queue) {
    if (loaded.has(name)) continue;
    loaded.add(name);
    queue.push(...modules.get(name)?.imports ?? []);
  }
  return loaded;
}

Deno.test("no module is JSON, or a binary would keep no code cache", () => {
  assert(modules.size > 100);
  assertEquals([...modules].filter(([, { kind }]) => kind === "Json"), []);
});

Deno.test("--version and --help load little, and nothing of Node", () => {
  const loaded = [...loadedAtOnce()];
  assert(loaded.some((name) => name.endsWith("/lib/cli/help.ts")));
  assert(loaded.length < 40, loaded.join("\n"));
  assertEquals(loaded.filter((name) => name.startsWith("node:")), []);
});
