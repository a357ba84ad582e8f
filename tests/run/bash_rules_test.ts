import { assertEquals } from "@std/assert";
import { bashRules, simpleCommands } from "../../lib/run/bash_rules.ts";

Deno.test("bashRules allows any arguments only of confined commands", () => {
  const rows: readonly [command: string, rules: readonly string[]][] = [
    ["ls -la", ["Bash(ls:*)"]],
    ["git add a", ["Bash(git add:*)"]],
    ["git", ["Bash(git)"]],
    ["lsof", ["Bash(lsof)"]],
    ["/bin/ls", ["Bash(/bin/ls)"]],
    ["bash -c ls", ["Bash(bash -c ls)"]],
    ["ls && cat a; wc b", ["Bash(ls:*)", "Bash(cat:*)", "Bash(wc:*)"]],
    ["ls && make", ["Bash(ls && make)"]],
    ["make || ls | head", ["Bash(make)", "Bash(ls:*)", "Bash(head:*)"]],
    ["echo 'a b'", ["Bash(echo 'a b')"]],
  ];
  for (const [command, rules] of rows) assertEquals(bashRules(command), rules, command);
});

Deno.test("bashRules returns nothing if a rule would be wider than it looks, or useless", () => {
  const commands = ["", "a *", "a (b", "a) , b", "a\nb", "a & b", "a 'b' | c", "x".repeat(201)];
  for (const command of commands) assertEquals(bashRules(command), undefined, command);
});

Deno.test("simpleCommands divides a command at its operators", () => {
  assertEquals(simpleCommands("a b && c || d | e; f 2>&1;"), ["a b", "c", "d", "e", "f 2>&1"]);
});
