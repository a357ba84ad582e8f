import { assertEquals } from "@std/assert";
import { ALL_SOURCES, settingSources } from "../../lib/claude/setting_sources.ts";

Deno.test("settingSources returns what the options of Claude Code leave", () => {
  const noProject = { ...ALL_SOURCES, project: false, mcp: false };
  const nothing = { ...noProject, user: false, local: false };
  const rows: readonly (readonly [string[], Partial<typeof ALL_SOURCES>])[] = [
    [[], {}],
    [["--setting-sources", "user"], { ...noProject, local: false }],
    [["--setting-sources=user,local"], noProject],
    [["--setting-sources", "user , project"], { local: false }],
    [["--setting-sources", ""], nothing],
    [["--setting-sources", "user", "--setting-sources", "project"], { user: false, local: false }],
    [["--restricted"], nothing],
    [["--strict-mcp-config"], { mcp: false }],
    [["--bare"], { mcp: false, customizations: false, helpers: false }],
    [["--safe-mode"], { mcp: false, customizations: false }],
  ];
  for (const [args, expected] of rows) {
    assertEquals(settingSources(args), { ...ALL_SOURCES, ...expected }, args.join(" "));
  }
  assertEquals(settingSources(undefined), ALL_SOURCES);
});
