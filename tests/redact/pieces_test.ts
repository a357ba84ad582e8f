import { assertEquals } from "@std/assert";
import { PieceReplacer } from "../../lib/redact/pieces.ts";

const SECRET = "k3y-0123456789-abcdefgh-XYZ";

const pieces = new PieceReplacer([SECRET, "/home/ada/keys/deploy.pem", "my-production"]);

function replaced(text: string): string {
  return pieces.replace(text, "#");
}

Deno.test("PieceReplacer replaces the beginning of a secret at the end of a text", () => {
  assertEquals(replaced("it is k3y-0123"), "it is #");
  assertEquals(replaced(`it is ${SECRET.slice(0, -1)}`), "it is #");
  assertEquals(
    replaced("a k3y-0123... (pid 5), and k3y-0123… more"),
    "a #... (pid 5), and #… more",
  );
  assertEquals(replaced("k3y-0123 k3y-0123"), "k3y-0123 #");
});

Deno.test("PieceReplacer replaces the end of a secret at the beginning of a text", () => {
  assertEquals(replaced("efgh-XYZ, they say"), "#, they say");
  assertEquals(replaced(`${SECRET.slice(1)} is it`), "# is it");
  assertEquals(replaced("[12 characters]...efgh-XYZ is it"), "[12 characters]...# is it");
  assertEquals(replaced("\n`efgh-XYZ` and k3y-0123"), "\n`#` and #");
});

Deno.test("PieceReplacer replaces a text that is a piece of a secret", () => {
  assertEquals(replaced(" 3456789-abc\n"), " #\n");
  assertEquals(replaced(SECRET.slice(1, -1)), "#");
});

Deno.test("PieceReplacer replaces a piece whose first or last character can stand around it", () => {
  const replacer = new PieceReplacer(["(bracket-1)-in-(another-2)"]);
  assertEquals(replacer.replace("it is '(bracket-'", "#"), "it is '#'");
  assertEquals(replacer.replace("it is (bracket-1)", "#"), "it is #");
  assertEquals(replacer.replace("(nother-2) is", "#"), "(# is");
  assertEquals(replacer.replace("(another-2) is", "#"), "# is");
});

Deno.test("PieceReplacer keeps short pieces, words, paths, and pieces in the middle", () => {
  for (
    const text of [
      "it is k3y-012",
      "fgh-XYZ",
      "3456789",
      "a k3y-0123456 b",
      "a efgh-XYZ",
      "production is down",
      "in /home/ada",
      "/home/ada/keys",
      "",
      "\0".repeat(10),
    ]
  ) assertEquals(replaced(text), text);
});

Deno.test("PieceReplacer keeps the words of messages and events", () => {
  const replacer = new PieceReplacer(["x-tool_result", "l_result99"]);
  assertEquals(replacer.replace("tool_result", "#"), "tool_result");
});

Deno.test("PieceReplacer takes linear time", () => {
  const secret = "ab".repeat(500) + "c";
  const replacer = new PieceReplacer([secret, `x${secret}`]);
  const dots = ".... ".repeat(400_000);
  assertEquals(replacer.replace(dots, "#"), dots);
  const text = "ab".repeat(1_000_000);
  assertEquals(replacer.replace(text, "#").length, text.length - secret.length + 2);
  assertEquals(new PieceReplacer([]).replace(text, "#"), text);
});
