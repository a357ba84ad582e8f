import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { createCiLog } from "../../lib/ci/log.ts";
import { readGithubLog } from "../support/github_runner.ts";
import { readGitlabLog } from "../support/gitlab_log.ts";

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

Deno.test("titles and messages reach GitHub unchanged", () => {
  const log = createCiLog("github");
  const odd = "50 %\r\n%0A%25 a:b,c=d;e]";
  const { annotations, groups } = readGithubLog(
    [
      log.annotate("error", { title: "a %0A: b, c", message: odd }).command,
      log.annotate("warning", { title: "w", message: "" }).command,
      log.annotate("failure", { title: "f", message: "::error::" }).command,
      log.group("100 % %0A", ""),
    ].join(""),
  );
  assertEquals(annotations.map(({ level, title, message }) => [level, title, message]), [
    ["error", "a %0A: b, c", odd],
    ["warning", "w", ""],
    ["error", "f", "\\::error::"],
  ]);
  assertEquals(groups.map(({ title }) => title), ["100 % %0A"]);
});

Deno.test("annotations have a maximum length", () => {
  const log = createCiLog("github");
  const long = { title: "t\n".repeat(9_999), message: "%\n".repeat(999_999) };
  const { command = "" } = log.annotate("failure", long);
  const [annotation] = readGithubLog(command).annotations;
  assert((annotation?.message.length ?? Infinity) <= 4_096);
  assert((annotation?.title?.length ?? Infinity) <= 1_000);
});

Deno.test("annotate() stops before GitHub's limit and reports that once", () => {
  for (const level of ["error", "warning"] as const) {
    const log = createCiLog("github");
    const annotations = Array.from(
      { length: 20 },
      () => log.annotate(level, { title: "t", message: "m" }),
    );
    const commands = annotations.flatMap(({ command }) => command ?? []);
    const notices = annotations.flatMap(({ notice }) => notice ?? []);
    assertEquals([commands.length, notices.length], [9, 1], level);
    assertMatch(notices[0] ?? "", level === "error" ? /10 errors/ : /10 warnings/);
    assert(log.annotate("failure", { title: "t", message: "m" }).command !== undefined);
  }
});

Deno.test("a GitLab log has collapsed sections with unique names and durations", () => {
  const log = createCiLog("gitlab");
  const first = log.group("one \x1b[1mbold\x1b[22m", "a\n", 2_000);
  const { sections, seen, faults } = readGitlabLog(`${first}${log.group("two", "b\n")}c\n`);
  assertEquals(sections.map(({ title, lines, isCollapsed }) => [title, lines, isCollapsed]), [
    ["one bold", ["a"], true],
    ["two", ["b"], true],
  ]);
  assertEquals(sections.map(({ startedAt, endedAt = NaN }) => endedAt - startedAt), [2, 0]);
  assertEquals([seen, faults], [["▸ one bold", "▸ two", "c"], []]);
  assertNotEquals(createCiLog("gitlab").group("x", ""), createCiLog("gitlab").group("x", ""));
});

Deno.test("a GitLab log has no annotations", () => {
  const log = createCiLog("gitlab");
  assertEquals(log.annotate("error", { title: "t", message: "m" }), {});
  assertEquals(log.annotate("failure", { title: "t", message: "m" }), {});
});

Deno.test("createCiLog() returns undefined for systems without commands", () => {
  assertEquals([createCiLog("other"), createCiLog("none")], [undefined, undefined]);
});

Deno.test("a title or message cannot contain a command", () => {
  const evil = "##[group]x ::error::\n::add-mask::y ##vso[a]\r\x1b[0Ksection_end:1:a\r\x1b[0K";
  const log = createCiLog("github");
  const { command } = log.annotate("failure", { title: evil, message: evil });
  const github = `${log.group(evil, "")}${command}`;
  const { commands, seen } = readGithubLog(github);
  assertEquals(commands.map(({ name }) => name), ["group", "endgroup", "error"]);
  for (const line of seen) assert(!/^\s*::|##\[/.test(line), line);
  // Azure Pipelines reads these anywhere in a line.
  assert(!/##\[|##vso\[/.test(github), github);
});
