import { assertEquals } from "@std/assert";
import { commandIn, readGithubLog } from "./github_runner.ts";
import { readGitlabLog } from "./gitlab_log.ts";

Deno.test("readGithubLog() executes commands at the start of a line", () => {
  const log = readGithubLog("a\r::debug::1\n \t::DEBUG::2\r\n\x85\xa0\u2003\u2028::debug::3\n");
  assertEquals(log.commands.map(({ data }) => data), ["1", "2", "3"]);
  assertEquals(readGithubLog("\ufeff::debug::x").commands.length, 1);
  assertEquals(readGithubLog("x ::debug::x\n\\::debug::x\n::error\n::other::x").commands, []);
});

Deno.test("readGithubLog() executes bracketed commands anywhere in a line", () => {
  const { commands } = readGithubLog(
    "text ##[set-env name=A;x=%3B%5D]b%0Ac\n##[nothing]\n##[debug\n",
  );
  assertEquals(commands, [
    { name: "set-env", properties: { name: "A", x: ";]" }, data: "b\nc" },
  ]);
});

Deno.test("readGithubLog() unescapes properties and messages", () => {
  const { annotations } = readGithubLog("::error title=a%3A%2C%25,file=x,line=3::50 %25%0A%253A\n");
  assertEquals(annotations, [
    { level: "error", title: "a:,%", file: "x", line: "3", message: "50 %\n%3A" },
  ]);
});

Deno.test("readGithubLog() returns groups and visible lines", () => {
  const log = readGithubLog("a\n::group::t\nb\n::endgroup::\n::error::no%0Away\nc\n");
  assertEquals(log.groups, [{ title: "t", lines: ["b"] }]);
  assertEquals(log.seen, ["a", "▸ t", "Error: no", "way", "c"]);
  assertEquals(log.faults, []);
});

Deno.test("readGithubLog() reports unbalanced groups", () => {
  assertEquals(readGithubLog("::endgroup::\n").faults.length, 1);
  assertEquals(readGithubLog("::group::a\n::group::b\n::endgroup::\n").faults.length, 1);
  assertEquals(readGithubLog("::group::a\n").faults.length, 1);
});

Deno.test("readGithubLog() executes nothing between stop-commands and its token", () => {
  const log = readGithubLog("::stop-commands::T0k\n::debug::x\n##[debug]x\n::t0k::\n::debug::y\n");
  assertEquals(log.commands.map(({ name, data }) => [name, data]), [
    ["stop-commands", "T0k"],
    ["debug", "y"],
  ]);
});

Deno.test("commandIn() accepts any name by default", () => {
  assertEquals(commandIn("::x::y")?.name, "x");
  assertEquals(commandIn("a::x::y"), undefined);
});

const start = (name: string, title: string, time = 1, options = "[collapsed=true]") =>
  `\x1b[0Ksection_start:${time}:${name}${options}\r\x1b[0K${title}\n`;
const end = (name: string, time = 2) => `\x1b[0Ksection_end:${time}:${name}\r\x1b[0K\n`;

Deno.test("readGitlabLog() returns sections and visible lines", () => {
  const log = readGitlabLog(`a\n${start("s", "title")}b\n\n${end("s")}c\n\n`);
  assertEquals(log.sections, [
    {
      name: "s",
      title: "title",
      isCollapsed: true,
      startedAt: 1,
      endedAt: 2,
      lines: ["b", ""],
    },
  ]);
  assertEquals([log.seen, log.faults], [["a", "▸ title", "c", ""], []]);
});

Deno.test("readGitlabLog() reports unbalanced sections", () => {
  for (
    const text of [
      start("a", "x"),
      end("a"),
      start("a", "x") + start("b", "y") + end("b"),
      start("a", "x") + end("b"),
      start("a", "x") + end("a") + start("a", "x") + end("a"),
    ]
  ) assertEquals(readGitlabLog(text).faults.length, 1, text);
});

Deno.test("readGitlabLog() ignores incomplete markers", () => {
  const text = "section_start:1:a\nsection_start:x:a\r\x1b[0K\nsection_start:1:a b\r\x1b[0K\n";
  assertEquals(readGitlabLog(text).sections, []);
});
