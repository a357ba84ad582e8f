import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { resumedSessionId } from "../../lib/cli/resume.ts";
import { CcrunError } from "../../lib/errors.ts";
import { makePlace, TALK } from "../claude/sessions/place.ts";
import { assertUsage } from "./usage.ts";

Deno.test("resumedSessionId returns what Claude Code resolves itself", async () => {
  const nowhere = { cwd: "/nowhere/at/all", env: {}, home: undefined };
  assertEquals(await resumedSessionId("pending_42", nowhere), "pending_42");
});

Deno.test("resumedSessionId finds a file of a session from the directory of the caller", async () => {
  await using place = await makePlace();
  const caller = await Deno.makeTempDir({ prefix: "ccrun-test-" });
  await Deno.writeTextFile(`${caller}/talk.jsonl`, "");
  assertEquals(await resumedSessionId("talk.jsonl", place, caller), `${caller}/talk.jsonl`);
  await assertUsage(
    () => resumedSessionId("talk.jsonl", place, place.cwd),
    `cannot resume ${place.cwd}/talk.jsonl: it does not exist`,
  );
  await Deno.remove(caller, { recursive: true });
});

Deno.test("resumedSessionId returns the id of a session, or explains why there is not exactly one", async () => {
  await using place = await makePlace();
  const rows: readonly (readonly string[])[] = [
    ["last", `${place.cwd} has no session yet`, "--cwd"],
    ["abc", "abc: ", "4 characters", "see: ccrun sessions"],
    ["abcd", `${place.cwd} has no session`, "see: ccrun sessions"],
  ];
  for (const [wanted = "", ...words] of rows) {
    await assertUsage(() => resumedSessionId(wanted, place), "cannot resume", ...words);
  }
  const id = await place.write([...TALK("One"), { type: "custom-title", customTitle: "Notes" }]);
  assertEquals(await resumedSessionId("note", place), id);
  await assertUsage(() => resumedSessionId("Ntoes", place), 'did you mean "Notes"? see: ccrun');
  const gone = { ...place, cwd: `${place.cwd}/gone` };
  await assertUsage(() => resumedSessionId("last", gone), "gone: it does not exist", "--cwd");
});

Deno.test("resumedSessionId lists a few of many matches, on one line", async () => {
  await using place = await makePlace();
  for (let index = 0; index < 9; index++) {
    const id = `abcd1111-0000-4000-8000-00000000000${index}`;
    await place.write(TALK(`Prompt ${index} ${"\x1b]0;x\x07 long".repeat(50)}`), id);
  }
  const error = await assertRejects(() => resumedSessionId("abcd", place), CcrunError);
  assertInstanceOf(error, CcrunError);
  const { message, hint = "" } = error;
  assert(message.includes("abcd: it matches 9 sessions"), message);
  assert(hint.includes("(2026-01-01") && hint.includes("Prompt 8"), hint);
  assert(hint.endsWith("; 4 more") && !hint.includes("Prompt 3"), hint);
  // deno-lint-ignore no-control-regex -- control characters are what it looks for
  assert(!/[\x00-\x1f]/.test(hint) && hint.length < 700, hint);
});
