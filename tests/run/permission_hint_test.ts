import { assertEquals } from "@std/assert";
import { permissionHint } from "../../lib/run/permission_hint.ts";

const CWD = "/home/dev/project";

function hint(name: string, input: unknown = {}, cwd: string | undefined = CWD): string {
  return permissionHint(name, input, cwd);
}

Deno.test("permissionHint allows each command of a shell command", () => {
  const bash = (command: string) => hint("Bash", { command });
  assertEquals(bash("ls -la"), "--allowed-tools 'Bash(ls:*)'");
  assertEquals(
    bash("ls . && cat a | tee out"),
    "--allowed-tools 'Bash(ls:*)' --allowed-tools 'Bash(cat:*)' --allowed-tools 'Bash(tee:*)'",
  );
  assertEquals(bash("ls a; ls b"), "--allowed-tools 'Bash(ls:*)'");
});

Deno.test("permissionHint allows only the subcommand that was used", () => {
  const bash = (command: string) => hint("Bash", { command });
  assertEquals(bash("git log --oneline"), "--allowed-tools 'Bash(git log:*)'");
  assertEquals(
    bash("git add . && git commit"),
    "--allowed-tools 'Bash(git add:*)' --allowed-tools 'Bash(git commit:*)'",
  );
  assertEquals(bash("npm run test:all"), "--allowed-tools 'Bash(npm run:*)'");
  assertEquals(bash("git -C x log"), "--allowed-tools 'Bash(git:*)'");
  assertEquals(bash("git"), "--allowed-tools 'Bash(git:*)'");
});

Deno.test("permissionHint allows all of Bash if a command is not simple", () => {
  const commands = ["echo $(id)", "a > b", "cat <<X\nx\nX", "echo 'a;b'", "(a)", "`id`", "", "  "];
  for (const command of commands) {
    assertEquals(hint("Bash", { command }), "--allowed-tools Bash", command);
  }
  assertEquals(hint("Bash", { command: "x".repeat(70) }), "--allowed-tools Bash");
});

Deno.test("permissionHint allows the host of a URL", () => {
  const url = "https://user@example.com:8443/a?b";
  assertEquals(hint("WebFetch", { url }), "--allowed-tools 'WebFetch(domain:example.com)'");
  assertEquals(hint("WebFetch", { url: "not a url" }), "--allowed-tools WebFetch");
});

Deno.test("permissionHint adds the directory of a file outside the workspace", () => {
  assertEquals(hint("Read", { file_path: "/etc/hosts" }), "--add-dir /etc");
  assertEquals(hint("Grep", { path: "/var/log/x" }), "--add-dir /var/log");
  assertEquals(hint("Read", { file_path: `${CWD}2/a` }), "--add-dir /home/dev/project2");
  assertEquals(hint("Read", { file_path: "/with space/a" }), "--add-dir '/with space'");
  assertEquals(
    hint("Write", { file_path: "/etc/hosts" }),
    "--add-dir /etc --permission-mode acceptEdits",
  );
});

Deno.test("permissionHint accepts edits in the workspace", () => {
  for (const name of ["Edit", "Write", "MultiEdit"]) {
    assertEquals(hint(name, { file_path: `${CWD}/a.ts` }), "--permission-mode acceptEdits");
    assertEquals(hint(name, { file_path: "a.ts" }), "--permission-mode acceptEdits");
  }
  const notebook = { notebook_path: `${CWD}/a.ipynb` };
  assertEquals(hint("NotebookEdit", notebook), "--permission-mode acceptEdits");
});

Deno.test("permissionHint allows any other tool by its name", () => {
  assertEquals(hint("Read", { file_path: `${CWD}/a.ts` }), "--allowed-tools Read");
  assertEquals(hint("mcp__db__query", { sql: "x" }), "--allowed-tools mcp__db__query");
  assertEquals(hint("Skill"), "--allowed-tools Skill");
  assertEquals(hint("constructor"), "--allowed-tools constructor");
});

Deno.test("permissionHint accepts any input", () => {
  for (const input of [undefined, null, 7, "x", [], { command: 7, file_path: {}, url: [] }]) {
    assertEquals(hint("Bash", input), "--allowed-tools Bash");
    assertEquals(hint("WebFetch", input), "--allowed-tools WebFetch");
    assertEquals(hint("Read", input), "--allowed-tools Read");
    assertEquals(hint("Edit", input), "--permission-mode acceptEdits");
  }
  assertEquals(
    permissionHint("Read", { file_path: "/etc/hosts" }, undefined),
    "--allowed-tools Read",
  );
});
