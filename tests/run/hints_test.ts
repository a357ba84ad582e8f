import { assert, assertEquals } from "@std/assert";
import { hintFor, joinHints, resumeHint } from "../../lib/run/hints.ts";

Deno.test("resumeHint names the session", () => {
  assert(resumeHint("s1")?.includes("--resume s1"));
  assertEquals(resumeHint(undefined), undefined);
});

Deno.test("hintFor adds the resume command to the causes that allow it", () => {
  assertEquals(hintFor("turns", undefined), "raise --max-turns");
  assert(hintFor("turns", "s1")?.includes("--resume s1"));
  assertEquals(hintFor("interrupted", undefined), undefined);
  assertEquals(hintFor("interrupted", "s1"), resumeHint("s1"));
  assert(!hintFor("credential", "s1")?.includes("--resume"));
  assertEquals(hintFor(undefined, "s1"), undefined);
});

Deno.test("hintFor prefers resuming to ccrun doctor if there is a session", () => {
  assertEquals(hintFor("unexplained", "s1"), resumeHint("s1"));
  assert(hintFor("unexplained", undefined)?.includes("ccrun doctor"));
});

Deno.test("joinHints joins the hints that are there", () => {
  assertEquals(joinHints("a", undefined, "b"), "a; b");
  assertEquals(joinHints(undefined), undefined);
});
