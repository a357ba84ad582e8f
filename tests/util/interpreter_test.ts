import { assertEquals } from "@std/assert";
import { interpreterOf } from "../../lib/util/interpreter.ts";
import { makeSandbox } from "../support/sandbox.ts";

Deno.test("interpreterOf returns the interpreter of a script only", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.root}/script`;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["#!/usr/bin/env node\n", "/usr/bin/env"],
    ["#! /bin/sh", "/bin/sh"],
    ["#!/bin/sh\r\necho\r\n", "/bin/sh\r"],
    ["\x7fELF #!/bin/sh", undefined],
    ["", undefined],
  ];
  for (const [text, interpreter] of rows) {
    await Deno.writeTextFile(path, text);
    assertEquals(interpreterOf(path), interpreter, text);
  }
  assertEquals(interpreterOf(`${sandbox.root}/none`), undefined);
});
