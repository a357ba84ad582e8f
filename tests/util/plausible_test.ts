import { assertEquals } from "@std/assert";
import * as plausible from "../../lib/util/plausible.ts";

/** Values that nothing accepts. */
const NEVER = [undefined, null, NaN, Infinity, -1, 1e308, {}, [], true, "a\nb", "\x1b", "\u202ea"];

const ROWS: {
  readonly [name in keyof typeof plausible]: readonly [yes: unknown[], no: unknown[]];
} = {
  isName: [
    [
      "claude-opus-4-8[1m]",
      "us.anthropic.claude:0",
      "claude.ai Gmail",
      "vendor/model:free",
      "2.1.332",
    ],
    ["", " a", "-a", 'a"', "a'", "$(a)", "a;b", "a`", "<a>", "a*", "a|b", "x".repeat(201)],
  ],
  isWord: [
    ["error_max_turns", "needs-auth", "task-notification", "five_hour"],
    ["", "two words", "-a", "a'", "x".repeat(101)],
  ],
  isId: [
    [
      "toolu_01AB",
      "functions.Bash:0",
      "call_1|fc_1",
      "-a",
      `call_1__thought__${"aB3+/".repeat(800)}==`,
    ],
    ["", "a b", 'a"', "a'", "$a", "x".repeat(4097)],
  ],
  isPlausibleSessionId: [
    ["0c949d68-6fd3-4732-ba68-7a0099347d44", "s1", "_a"],
    ["", "-a", "a b", "a.b", "a/b", "../a", 'a"', "x".repeat(129)],
  ],
  isToolName: [
    ["Bash", "mcp__db__query", "mcp__a-b__c.d"],
    ["", "-a", "Bash(*)", "a b", "a:b", "mcp__*", "x".repeat(129)],
  ],
  isAbsolutePath: [["/", "/a b/c'", "C:\\a", "D:/a", "/a\nb"], [
    "",
    "a",
    "./a",
    "/a\0",
    `/${"x".repeat(4096)}`,
  ]],
  isWebUrl: [
    ["https://example.com/a", "http://x", "https://git.example:8443/a/b/-/merge_requests/7#note_1"],
    ["", "javascript:x", "https://", "https://a b", "https://a/$(id)", "https://a/'", 'https://a/"']
      .concat(
        "https://a/`id`",
        "https://a/;id",
        "https://a/&id",
        "https://a/|id",
        "https://a/\x1b",
      ),
  ],
  isSignal: [["SIGTERM", "SIGUSR1"], ["", "TERM", "SIG", "sigterm", "SIGTERM x"]],
  isTime: [
    ["2026-11-27T05:00:00Z", "2026-11-27T05:00:00.123+01:00"],
    ["", "2026-11-27", "2026-13-27T05:00:00Z", "+275760-09-13T00:00:00Z", 5],
  ],
  isTimestamp: [[0, 1764216000000], [4102444800001, "1"]],
  isCount: [[0, 7, 1e12], [1.5, 1e12 + 1, 9e15, "7"]],
  isDuration: [[0, 1.5], [1e12 + 1, "7"]],
  isCost: [[0, 0.0033, 1e6], [1e6 + 1, "7"]],
  isUtilization: [[0, 0.5, 1.2], [11, "0.5"]],
  isHttpStatus: [[100, 529], [0, 99, 600, 400.5, "400"]],
  isExitCode: [[0, 255], [256, 1.5, "1"]],
};

for (const [name, [yes, no]] of Object.entries(ROWS)) {
  const isPlausible = plausible[name as keyof typeof plausible];
  Deno.test(`${name} accepts what is plausible, and nothing else`, () => {
    for (const value of yes) assertEquals(isPlausible(value), true, `${value}`);
    const never = name === "isAbsolutePath" ? [] : NEVER;
    for (const value of [...no, ...never]) assertEquals(isPlausible(value), false, `${value}`);
  });
}
