import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { type CiLogOptions, createCiLog } from "../../lib/ci/log.ts";
import { readGithubLog } from "../support/github_runner.ts";
import { readGitlabLog } from "../support/gitlab_log.ts";

const ODD = "50 %\r\n%0A%25 a:b,c=d;e]";

Deno.test("a GitHub log has groups, one at a time", () => {
  const log = createCiLog("github");
  const all = readGithubLog(
    log.group("one", "a\n") + log.group("two", "b\nc\n") + log.group("3", ""),
  );
  assertEquals(all.groups, [
    { title: "one", lines: ["a"] },
    { title: "two", lines: ["b", "c"] },
    { title: "3", lines: [] },
  ]);
  assertEquals(all.faults, []);
});

Deno.test("a GitHub log's messages, titles and files come out as they were", () => {
  const log = createCiLog("github");
  const place = { file: "a %:,\n.ts", line: 7 };
  const { annotations, groups } = readGithubLog(
    [
      log.annotate("error", { title: "a %0A: b, c", message: ODD, place }),
      log.annotate("warning", { title: "w", message: "" }),
      log.fail({ title: "f", message: "::error::" }),
      log.group("100 % %0A", ""),
    ].join(""),
  );
  assertEquals(annotations, [
    { level: "error", title: "a %0A: b, c", file: place.file, line: "7", message: ODD },
    { level: "warning", title: "w", file: undefined, line: undefined, message: "" },
    { level: "error", title: "f", file: undefined, line: undefined, message: "\\::error::" },
  ]);
  assertEquals(groups.map(({ title }) => title), ["100 % %0A"]);
});

Deno.test("a GitHub log's annotation is bounded", () => {
  const log = createCiLog("github");
  const text = log.fail({ title: "t\n".repeat(9_999), message: "%\n".repeat(999_999) }) ?? "";
  const [annotation] = readGithubLog(text).annotations;
  assert((annotation?.message.length ?? Infinity) <= 4_096);
  assert((annotation?.title?.length ?? Infinity) <= 1_000);
});

Deno.test("a GitHub log keeps room for the run's own failure, and says once what is not annotated", () => {
  for (const level of ["error", "warning"] as const) {
    const log = createCiLog("github");
    const given = Array.from(
      { length: 20 },
      () => log.annotate(level, { title: "t", message: "m" }),
    );
    assertEquals(given.filter((text) => text !== undefined).length, 9, level);
    assertMatch(log.takeFullNotice() ?? "", level === "error" ? /10 errors/ : /10 warnings/);
    log.annotate(level, { title: "t", message: "m" });
    assertEquals(log.takeFullNotice(), undefined);
    assert(log.fail({ title: "t", message: "m" }) !== undefined);
  }
});

Deno.test("a GitHub log looks for the place of an edit only while there is room for it", () => {
  let reads = 0;
  const readFile = () => {
    reads++;
    return "a\nb";
  };
  const log = createCiLog("github", { workspace: "/w", readFile });
  const edit = { path: "/w/x", old: ["b"] };
  assertEquals(log.placeOf(edit, "/"), { file: "x", line: 2 });
  assertEquals(log.placeOf(undefined, "/"), undefined);
  for (let n = 0; n < 20; n++) log.annotate("error", { title: "t", message: "m" });
  assertEquals([log.placeOf(edit, "/"), reads], [undefined, 1]);
  assertEquals(createCiLog("github", { readFile }).placeOf(edit, "/"), undefined);
});

Deno.test("a GitLab log has collapsed sections with names that are there once", () => {
  let now = 1_700_000_000_900;
  const options: CiLogOptions = { id: "a b:é", now: () => now };
  const log = createCiLog("gitlab", options);
  const first = log.group("one \x1b[1mbold\x1b[22m", "a\n", 2_000);
  now += 5_000;
  const { sections, seen, faults } = readGitlabLog(`${first}${log.group("two", "b\n")}c\n`);
  assertEquals(sections.map(({ title, lines, isCollapsed }) => [title, lines, isCollapsed]), [
    ["one bold", ["a"], true],
    ["two", ["b"], true],
  ]);
  // GitLab tells how long it took.
  assertEquals(sections.map(({ startedAt, endedAt }) => [startedAt, endedAt]), [
    [1_699_999_998, 1_700_000_000],
    [1_700_000_005, 1_700_000_005],
  ]);
  assertEquals([seen, faults], [["▸ one bold", "▸ two", "c"], []]);
});

Deno.test("a GitLab log's sections differ from those of another run in the same job", () => {
  assertNotEquals(createCiLog("gitlab").group("x", ""), createCiLog("gitlab").group("x", ""));
});

Deno.test("a GitLab log has no annotations", () => {
  const log = createCiLog("gitlab", { workspace: "/w" });
  assertEquals(log.annotate("error", { title: "t", message: "m" }), undefined);
  assertEquals(log.fail({ title: "t", message: "m" }), undefined);
  assertEquals(log.placeOf({ path: "/w/a", old: [] }, "/"), undefined);
  assertEquals(log.takeFullNotice(), undefined);
});

Deno.test("a title or message that is a command itself is inert", () => {
  const evil = "##[group]x ::error::\n::add-mask::y ##vso[a]\r\x1b[0Ksection_end:1:a\r\x1b[0K";
  const log = createCiLog("github");
  const place = { file: evil, line: 1 };
  const github = log.group(evil, "") + log.fail({ title: evil, message: evil, place });
  assertEquals(readGithubLog(github).commands.map(({ name }) => name), [
    "group",
    "endgroup",
    "error",
  ]);
  for (const line of readGithubLog(github).seen) assert(!/^\s*::|##\[/.test(line), line);
  // Who keeps the log as it is written may look for these anywhere.
  assert(!/##\[|##vso\[/.test(github), github);
});
