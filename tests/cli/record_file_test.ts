import { assert, assertEquals, assertRejects } from "@std/assert";
import { CcrunError } from "../../lib/errors.ts";
import { openRecordFile } from "../../lib/cli/record_file.ts";
import { LineRedactor } from "../../lib/redact/line_redactor.ts";
import { createRedactor } from "../../lib/redact/redactor.ts";
import { makeSandbox } from "../support/sandbox.ts";

function modeOf(path: string): string {
  return ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);
}

async function usage(path: string): Promise<string> {
  const error = await assertRejects(() => openRecordFile(path), CcrunError);
  assertEquals(error.kind, "usage");
  assert(error.message.includes("--record") && error.message.includes(path), error.message);
  return error.message;
}

Deno.test("RecordFile keeps every byte, and only its owner can read it", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.project}/run.jsonl`;
  const file = await openRecordFile(path);
  assertEquals([modeOf(path), Deno.readFileSync(path).length], ["600", 0]);
  await file.write(new Uint8Array([0xff, 0x00]));
  await file.write(new Uint8Array());
  await file.write(new Uint8Array([0x0d, 0x0a]));
  assertEquals([...Deno.readFileSync(path)], [0xff, 0x00, 0x0d, 0x0a]);
  await file.close();
});

Deno.test("RecordFile replaces an older recording and its mode", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.project}/run.jsonl`;
  await Deno.writeTextFile(path, "old and much longer");
  await Deno.chmod(path, 0o644);
  const file = await openRecordFile(path);
  await file.write(new TextEncoder().encode("new"));
  await file.close();
  assertEquals([Deno.readTextFileSync(path), modeOf(path)], ["new", "600"]);
});

Deno.test("RecordFile leaves the mode of a device as it is", async () => {
  const before = modeOf("/dev/null");
  const file = await openRecordFile("/dev/null");
  await file.write(new Uint8Array(10));
  await file.close();
  assertEquals(modeOf("/dev/null"), before);
});

Deno.test("openRecordFile reports a file that cannot be written", async () => {
  await using sandbox = await makeSandbox();
  assert((await usage(sandbox.project)).includes("directory"));
  assert((await usage(`${sandbox.project}/none/run.jsonl`)).includes("does not exist"));
  await usage(`${sandbox.project}/notes.txt/run.jsonl`);
});

Deno.test("RecordFile writes what a redaction holds back when it is closed", async () => {
  await using sandbox = await makeSandbox();
  const path = `${sandbox.project}/run.jsonl`;
  await Deno.writeTextFile(path, "old");
  const redactor = createRedactor({ DB_PASSWORD: "correct horse" });
  const file = await openRecordFile(path, { redactor: new LineRedactor(redactor) });
  await file.write(new TextEncoder().encode("it is corr"));
  assertEquals(Deno.readTextFileSync(path), "old");
  await file.write(new TextEncoder().encode("ect horse"));
  await file.close();
  assertEquals(Deno.readTextFileSync(path), "it is [redacted]");
});
