import { assertEquals } from "@std/assert";
import { findReplaySource, type ReplaySource } from "../../lib/cli/replay_source.ts";
import { makePlace, type Place, TALK } from "../claude/sessions/place.ts";
import { commandLineOf, makeHost } from "./hosts.ts";
import { assertUsage } from "./usage.ts";

async function find({ cwd, home }: Place, ...args: readonly string[]): Promise<ReplaySource> {
  const { positionals, options } = commandLineOf(["replay", ...args]);
  return await findReplaySource(positionals, options, makeHost({ cwd, env: { HOME: home } }));
}

Deno.test("findReplaySource reports why a source is neither a file nor one session", async () => {
  await using place = await makePlace();
  const rows: readonly (readonly string[])[] = [
    ["", "the source is empty | name a recording", "may be unset"],
    [".", "cannot read .: it is a directory"],
    ["last", "cannot replay the last session: ", "use an id from: ccrun sessions --all"],
    ["nosuch", "and there is no such file | use an id from: ccrun sessions --all"],
    ["my title", 'cannot replay "my title": the workspace'],
    ["abc", "the start of an id or title needs 4 characters"],
    ["no/such.jsonl", "cannot read no/such.jsonl: it does not exist"],
  ];
  for (const [source = "", ...words] of rows) {
    await assertUsage(() => find(place, source), ...words);
  }
  await assertUsage(() => find(place, "my", "title"), "takes one source, not 2");
});

Deno.test("findReplaySource finds the sessions of other workspaces by their ids", async () => {
  await using place = await makePlace();
  const [first, second] = [
    "abcd1111-0000-4000-8000-000000000001",
    "abcd2222-0000-4000-8000-000000000002",
  ];
  for (const id of [first, second]) await place.write(TALK("One"), id);
  const elsewhere = { ...place, cwd: place.home };
  const source = await find(elsewhere, "ABCD2");
  assertEquals(source.kind, "session");
  await assertUsage(
    () => find(elsewhere, "abcd"),
    "abcd: it matches 2 sessions | use more of the id",
  );
  await assertUsage(() => find(place, "one"), "one: it matches 2 sessions", first, second);
});

Deno.test("findReplaySource prefers a file to a session, and a session to a folder", async () => {
  await using place = await makePlace();
  const id = "abcd1111-0000-4000-8000-000000000001";
  await place.write(TALK("One"), id);
  await Deno.mkdir(`${place.cwd}/last`);
  assertEquals((await find(place, "last")).kind, "session");
  await Deno.remove(`${place.cwd}/last`);
  await Deno.writeTextFile(`${place.cwd}/last`, '{"type":"result"}\n');
  assertEquals(await find(place, "last"), { kind: "recording", path: `${place.cwd}/last` });
});
