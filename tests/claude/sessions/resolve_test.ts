import { assertEquals } from "@std/assert";
import { isResolvedByClaude, resolveSession } from "../../../lib/claude/sessions/resolve.ts";
import { makePlace, type Place, TALK } from "./place.ts";

Deno.test("isResolvedByClaude is true for complete ids, pending sessions and files", () => {
  const id = "00000000-0000-4000-8000-00000000dead";
  for (const wanted of [id, id.toUpperCase(), "pending_42", "pending_", "/some/session.jsonl"]) {
    assertEquals(isResolvedByClaude(wanted), true, wanted);
  }
  for (const wanted of ["last", id.slice(0, -1), `${id}0`, "a title", ""]) {
    assertEquals(isResolvedByClaude(wanted), false, wanted);
  }
});

Deno.test("resolveSession finds the last session of the workspace", async () => {
  await using place = await makePlace();
  assertEquals(await resolveSession("last", place), { status: "no_session" });
  const first = await place.write([...TALK("One"), { type: "custom-title", customTitle: "last" }]);
  assertEquals(await resolveSession("last", place), { status: "found", id: first });
  const second = await place.write(TALK("Two"));
  await place.write([{ type: "queue-operation", operation: "enqueue", content: "Never run" }]);
  assertEquals(await resolveSession("last", place), { status: "found", id: second });
});

/** Asserts what each name resolves to: the id, or the status. */
async function assertResolved(place: Place, rows: readonly (readonly [string, string])[]) {
  for (const [wanted, expected] of rows) {
    const match = await resolveSession(wanted, place);
    assertEquals(match.status === "found" ? match.id : match.status, expected, wanted);
  }
}

Deno.test("resolveSession finds a session by a prefix of its id", async () => {
  await using place = await makePlace();
  const ids = [
    "abcd1111-0000-4000-8000-000000000001",
    "abcd2222-0000-4000-8000-000000000002",
    "beef1111-0000-4000-8000-000000000003",
  ] as const;
  for (const id of ids) await place.write(TALK(`Prompt of ${id.slice(0, 5)}`), id);
  await assertResolved(place, [
    ["abcd1", ids[0]],
    ["ABCD2222-0", ids[1]],
    ["beef", ids[2]],
    ["abcd", "ambiguous"],
    ["abc", "prefix_too_short"],
    ["abcd3", "unknown"],
    [`${ids[0]}0`, "unknown"],
  ]);
  const match = await resolveSession("abcd", place);
  assertEquals(match.status === "ambiguous" && match.sessions.map(({ id }) => id), [
    ids[1],
    ids[0],
  ]);
});

Deno.test("resolveSession finds a session without a title by its prompt, as sessions shows it", async () => {
  await using place = await makePlace();
  const prompt = await place.write(TALK("Explain  the\nbuild"));
  const long = await place.write(TALK(`Review ${"every file ".repeat(40)}`));
  const titled = [...TALK("Hidden"), { type: "custom-title", customTitle: "Shown" }];
  await place.write(titled);
  await assertResolved(place, [
    ["explain the build", prompt],
    ["Explain the", prompt],
    [`Review ${"every file ".repeat(3)}…`, long],
    ["hidden", "unknown"],
  ]);
});

Deno.test("resolveSession finds a session by its title", async () => {
  await using place = await makePlace();
  const titled = async (customTitle: string) =>
    await place.write([...TALK("Prompt"), { type: "custom-title", customTitle }]);
  const release = await titled("Release Notes");
  const releases = await titled("Release notes of May");
  const beef = await titled("Beef");
  const fix = await titled("fix: it");
  await titled("twice");
  await titled("Twice");
  await assertResolved(place, [
    ["release notes", release],
    ["  Release NOTES of m", releases],
    ["beef", beef],
    ["fix:", fix],
    ["rele", "ambiguous"],
    ["twice", "ambiguous"],
    ["fix", "prefix_too_short"],
  ]);
  const similarTitle = async (wanted: string) => {
    const match = await resolveSession(wanted, place);
    return match.status === "unknown" ? match.similarTitle : match.status;
  };
  assertEquals(await similarTitle("Relaese Notes"), "Release Notes");
  assertEquals(await similarTitle("something else"), undefined);
});
