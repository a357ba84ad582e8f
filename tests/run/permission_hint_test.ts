import { assertEquals } from "@std/assert";
import type { ToolInput } from "../../lib/claude/tools.ts";
import { permissionHint } from "../../lib/run/permission_hint.ts";

const CWD = "/home/dev/project";

/** Allows these rules. */
function allow(...rules: readonly string[]): string {
  return rules.map((rule) => `--allowed-tools '${rule}'`).join(" ");
}

function assertHints(rows: readonly [tool: string, input: ToolInput, hint: string][]): void {
  for (const [tool, input, hint] of rows) {
    assertEquals(permissionHint(tool, input, CWD), hint, JSON.stringify(input));
  }
}

Deno.test("permissionHint allows each simple command of a shell command", () => {
  const rows: readonly [command: string, hint: string][] = [
    ["ls -la", allow("Bash(ls:*)")],
    ["ls . && cat a | tee out", allow("Bash(ls:*)", "Bash(cat:*)", "Bash(tee:*)")],
    ["ls a; ls b", allow("Bash(ls:*)")],
    // Only the subcommand that was used.
    ["git log --oneline", allow("Bash(git log:*)")],
    ["git add . && git commit", allow("Bash(git add:*)", "Bash(git commit:*)")],
    ["npm run test:all", allow("Bash(npm run:*)")],
    ["git -C x log", allow("Bash(git:*)")],
    ["git", allow("Bash(git:*)")],
  ];
  assertHints(rows.map(([command, hint]) => ["Bash", { command }, hint]));
});

Deno.test("permissionHint allows all of Bash if a command is not simple", () => {
  const commands = ["echo $(id)", "a > b", "cat <<X\nx\nX", "echo 'a;b'", "(a)", "`id`", "", "  "]
    .concat("ls ~", "touch *.txt", "sleep 9 &", "cd a && ls", "find . -delete", "x".repeat(70));
  assertHints(commands.map((command) => ["Bash", { command }, "--allowed-tools Bash"]));
});

Deno.test("permissionHint adds the directories outside the workspace that a command names", () => {
  const rows: readonly [command: string, hint: string][] = [
    ["cat /etc/hosts", `${allow("Bash(cat:*)")} --add-dir /etc`],
    ["ls /opt", `${allow("Bash(ls:*)")} --add-dir /opt`],
    ["cp /a/b/c ../d/e", `${allow("Bash(cp:*)")} --add-dir /a/b --add-dir /home/dev/d`],
    [`cat ${CWD}/a ./b`, allow("Bash(cat:*)")],
    ["/usr/bin/env", allow("Bash(/usr/bin/env:*)")],
  ];
  assertHints(rows.map(([command, hint]) => ["Bash", { command }, hint]));
});

Deno.test("permissionHint allows files outside the workspace, edits, hosts, and other tools", () => {
  const edits = "--permission-mode acceptEdits";
  assertHints([
    ["Read", { file_path: "/etc/hosts" }, "--add-dir /etc"],
    ["Grep", { path: "/var/log/x" }, "--add-dir /var/log"],
    ["Read", { file_path: `${CWD}2/a` }, "--add-dir /home/dev/project2"],
    ["Read", { file_path: `${CWD}/../other/a` }, "--add-dir /home/dev/other"],
    ["Glob", { path: "../other" }, "--add-dir /home/dev"],
    ["Read", { file_path: "/with space/a" }, "--add-dir '/with space'"],
    ["Write", { file_path: "/etc/hosts" }, `--add-dir /etc ${edits}`],
    ["Edit", { file_path: `${CWD}/a.ts` }, edits],
    ["Write", { file_path: "a.ts" }, edits],
    ["MultiEdit", { file_path: "a.ts" }, edits],
    ["NotebookEdit", { notebook_path: `${CWD}/a.ipynb` }, edits],
    ["WebFetch", { url: "https://user@example.com:8443/a" }, allow("WebFetch(domain:example.com)")],
    ["WebFetch", { url: "not a url" }, "--allowed-tools WebFetch"],
    ["Read", { file_path: `${CWD}/a.ts` }, "--allowed-tools Read"],
    ["Grep", { path: CWD }, "--allowed-tools Grep"],
    ["mcp__db__query", { sql: "x" }, "--allowed-tools mcp__db__query"],
    ["constructor", {}, "--allowed-tools constructor"],
  ]);
});

Deno.test("permissionHint finds every file inside the workspace /", () => {
  assertEquals(permissionHint("Read", { file_path: "/etc/hosts" }, "/"), "--allowed-tools Read");
});

Deno.test("permissionHint accepts any fields, and an unknown workspace", () => {
  for (const input of [{}, { command: 7, file_path: {}, url: [] }]) {
    assertHints([
      ["Bash", input, "--allowed-tools Bash"],
      ["WebFetch", input, "--allowed-tools WebFetch"],
      ["Read", input, "--allowed-tools Read"],
      ["Edit", input, "--permission-mode acceptEdits"],
    ]);
  }
  const hint = permissionHint("Read", { file_path: "/etc/hosts" }, undefined);
  assertEquals(hint, "--allowed-tools Read");
});
