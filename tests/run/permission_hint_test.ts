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

/** What is said if only the tool as a whole can be allowed. */
function wide(tool: string): string {
  return `${tool}: no rule allows only this call; --allowed-tools ${tool} would allow every call`;
}

Deno.test("permissionHint allows a shell command, and nothing else that could do more", () => {
  const rows: readonly [command: string, hint: string][] = [
    // These do nothing but what they are asked for.
    ["ls -la", allow("Bash(ls:*)")],
    ["ls . && cat a | head -3", allow("Bash(ls:*)", "Bash(cat:*)", "Bash(head:*)")],
    ["ls a; ls b", allow("Bash(ls:*)")],
    ["git add . && git commit", allow("Bash(git add:*)", "Bash(git commit:*)")],
    // These run what the project contains.
    ["  npm test ", allow("Bash(npm test:*)")],
    ["cargo test -q", allow("Bash(cargo test:*)")],
    ["npm test | tail -5", allow("Bash(npm test:*)", "Bash(tail:*)")],
    ["npm test 2>&1 | tee out", allow("Bash(npm test:*)", "Bash(tee out)")],
    // All others are allowed as they are.
    ["npm run test", allow("Bash(npm run test)")],
    ["npm --script-shell=sh test", allow("Bash(npm --script-shell=sh test)")],
    ["git log --oneline", allow("Bash(git log --oneline)")],
    ["git -c a=b add", allow("Bash(git -c a=b add)")],
    ["mkdir a && cd a && touch b", allow("Bash(mkdir a && cd a && touch b)")],
    ["FOO=bar make", allow("Bash(FOO=bar make)")],
    ["find . -delete", allow("Bash(find . -delete)")],
    ["echo $HOME", allow("Bash(echo $HOME)")],
    ["make >/dev/null 2>&1", allow("Bash(make >/dev/null 2>&1)")],
    ["make > log", `${allow("Bash(make > log)")} --permission-mode acceptEdits`],
  ];
  assertHints(rows.map(([command, hint]) => ["Bash", { command }, hint]));
  const quoted = permissionHint("Bash", { command: "echo 'a;b'" }, CWD);
  assertEquals(quoted, `--allowed-tools 'Bash(echo '\\''a;b'\\'')'`);
});

Deno.test("permissionHint says so if no rule allows only the command", () => {
  const commands = ["echo $(id)", "cat <<X\nx\nX", "(a)", "touch *.txt", "sleep 9 &", "", "  "]
    .concat("x".repeat(300), "echo 'a' | sh", "A=1 x | y", "for a in b | c", "ls ~/x", "a\x1bb");
  assertHints(commands.map((command) => ["Bash", { command }, wide("Bash")]));
});

Deno.test("permissionHint adds the directories outside the workspace that a command names", () => {
  const rows: readonly [command: string, hint: string][] = [
    ["cat /etc/ssl/a", `${allow("Bash(cat:*)")} --add-dir /etc/ssl`],
    ["cp /a/b/c ../d/e", `${allow("Bash(cp:*)")} --add-dir /a/b --add-dir /home/dev/d`],
    [`cat ${CWD}/a ./b`, allow("Bash(cat:*)")],
    ["/usr/bin/env", allow("Bash(/usr/bin/env)")],
    [
      "make > ../log/x",
      `${allow("Bash(make > ../log/x)")} --add-dir /home/dev/log --permission-mode acceptEdits`,
    ],
    // Nothing that contains much more than the file.
    ["cat /etc/hosts", wide("Bash")],
    ["ls /", wide("Bash")],
    ["ls ..", wide("Bash")],
    ["cp a /home/other", wide("Bash")],
    ["cat ../a", wide("Bash")],
  ];
  assertHints(rows.map(([command, hint]) => ["Bash", { command }, hint]));
});

Deno.test("permissionHint allows files outside the workspace, edits, hosts, and other tools", () => {
  const edits = "--permission-mode acceptEdits";
  const nothing = (tool: string) => `${tool}: no narrow option allows this call`;
  assertHints([
    ["Read", { file_path: "/etc/hosts" }, allow("Read(//etc/hosts)")],
    ["Grep", { path: "/var/log/x" }, allow("Read(//var/log/x)")],
    ["Read", { file_path: `${CWD}2/a` }, allow("Read(//home/dev/project2/a)")],
    ["Read", { file_path: `${CWD}/../other/a` }, allow("Read(//home/dev/other/a)")],
    ["Glob", { path: "../other" }, allow("Read(//home/dev/other)")],
    ["Read", { file_path: "/with space/a" }, allow("Read(//with space/a)")],
    ["Read", { file_path: "/a/b/*/c" }, `--add-dir '/a/b/*'`],
    ["Write", { file_path: "/etc/hosts" }, allow("Edit(//etc/hosts)")],
    ["Write", { file_path: "/a/b/(c)/d" }, `--add-dir '/a/b/(c)' ${edits}`],
    ["Grep", { path: "/" }, nothing("Grep")],
    ["Glob", { path: ".." }, nothing("Glob")],
    ["Grep", { path: "/home/other" }, nothing("Grep")],
    ["Read", { file_path: "/(a)/b" }, nothing("Read")],
    ["Edit", { file_path: `${CWD}/a.ts` }, edits],
    ["Write", { file_path: "a.ts" }, edits],
    ["MultiEdit", { file_path: "a.ts" }, edits],
    ["NotebookEdit", { notebook_path: `${CWD}/a.ipynb` }, edits],
    ["WebFetch", { url: "https://user@example.com:8443/a" }, allow("WebFetch(domain:example.com)")],
    ["WebFetch", { url: "not a url" }, wide("WebFetch")],
    ["WebFetch", { url: "https://*/a" }, wide("WebFetch")],
    ["Read", { file_path: `${CWD}/a.ts` }, allow("Read(//home/dev/project/a.ts)")],
    ["Grep", { path: CWD }, allow("Read(//home/dev/project)")],
    ["mcp__db__query", { sql: "x" }, "--allowed-tools mcp__db__query"],
    ["Monitor", { command: "ls" }, wide("Monitor")],
    ["constructor", {}, "--allowed-tools constructor"],
  ]);
});

Deno.test("permissionHint finds every file inside the workspace /", () => {
  const hint = permissionHint("Read", { file_path: "/etc/hosts" }, "/");
  assertEquals(hint, allow("Read(//etc/hosts)"));
});

Deno.test("permissionHint accepts any fields, and an unknown workspace", () => {
  for (const input of [{}, { command: 7, file_path: {}, url: [] }]) {
    assertHints([
      ["Bash", input, wide("Bash")],
      ["WebFetch", input, wide("WebFetch")],
      ["Read", input, wide("Read")],
      ["Edit", input, "--permission-mode acceptEdits"],
    ]);
  }
  assertEquals(permissionHint("Read", { file_path: "/etc/hosts" }, undefined), wide("Read"));
});
