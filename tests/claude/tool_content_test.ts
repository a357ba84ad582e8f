import { assertEquals } from "@std/assert";
import { readToolContent } from "../../lib/claude/tool_content.ts";
import type { JsonObject } from "../support/json.ts";

const TEXT = { type: "text", text: "seen" };

/** Returns the text of a result that is one block. */
function named(block: unknown): string {
  const { text, content } = readToolContent([block]);
  assertEquals(content, [block]);
  return text;
}

Deno.test("readToolContent joins texts", () => {
  assertEquals(readToolContent("out\n"), { text: "out\n" });
  assertEquals(readToolContent(""), { text: "" });
  assertEquals(readToolContent([]), { text: "" });
  assertEquals(readToolContent([TEXT, "plain", { type: "text", text: "" }]), {
    text: "seen\nplain\n",
  });
});

Deno.test("readToolContent reads absent content as empty text", () => {
  assertEquals(readToolContent(undefined), { text: "" });
  assertEquals(readToolContent(null), { text: "" });
});

Deno.test("readToolContent describes what is not text, and returns the blocks", () => {
  const data = btoa("x".repeat(482_000));
  const image = { type: "image", source: { type: "base64", media_type: "image/png", data } };
  assertEquals(readToolContent([TEXT, image]), {
    text: "seen\n[image/png, 482 KB]",
    content: [TEXT, image],
  });
});

Deno.test("readToolContent names an image once, although a note for the model follows it", () => {
  const image = {
    type: "image",
    source: { type: "base64", media_type: "image/png", data: "AAAA" },
  };
  const note = { type: "text", text: "[Image: source: /home/dev/a.png]" };
  assertEquals(readToolContent([TEXT, image, note]), {
    text: "seen\n[image/png, 3 B]",
    content: [TEXT, image, note],
  });
  // Without an image it is not a note.
  assertEquals(readToolContent([TEXT, note]).text, "seen\n[Image: source: /home/dev/a.png]");
});

Deno.test("readToolContent counts the bytes that Base64 encodes", () => {
  const size = (data: string) => named({ type: "image", source: { data } });
  assertEquals(size(""), "[image, 0 B]");
  assertEquals(size("YQ=="), "[image, 1 B]");
  assertEquals(size("YWI="), "[image, 2 B]");
  assertEquals(size("YWJj"), "[image, 3 B]");
});

Deno.test("readToolContent describes images and files by their URL", () => {
  const url = "https://example.com/a.png";
  assertEquals(named({ type: "image", source: { type: "url", url } }), `[image, ${url}]`);
  assertEquals(
    named({ type: "resource_link", uri: "file:///a.md" }),
    "[resource_link, file:///a.md]",
  );
});

Deno.test("readToolContent names documents by their title", () => {
  const rows: readonly (readonly [JsonObject, string])[] = [
    [
      { title: "Plan", source: { type: "text", media_type: "text/plain", data: "äb" } },
      "text/plain, 3 B",
    ],
    [
      { title: "Plan", source: { type: "base64", media_type: "application/pdf", data: "YWJj" } },
      "application/pdf, 3 B",
    ],
    [
      { title: "Plan", source: { type: "url", url: "https://example.org/a" } },
      "document, https://example.org/a",
    ],
  ];
  for (const [fields, details] of rows) {
    const { text } = readToolContent([{ type: "document", ...fields }]);
    assertEquals(text, `[Plan, ${details}]`);
  }
});

Deno.test("readToolContent returns the text of a resource, and describes a binary one", () => {
  const text = { type: "resource", resource: { uri: "file:///a", text: "inside" } };
  assertEquals(named(text), "inside");
  const blob = { uri: "file:///a.pdf", mimeType: "application/pdf", blob: "YWJj" };
  assertEquals(
    named({ type: "resource", resource: blob }),
    "[application/pdf, 3 B, file:///a.pdf]",
  );
});

Deno.test("readToolContent describes the blocks of MCP servers, and tool references", () => {
  assertEquals(named({ type: "audio", data: "YWJj", mimeType: "audio/wav" }), "[audio/wav, 3 B]");
  assertEquals(named({ type: "tool_reference", tool_name: "Grep" }), "[tool Grep]");
  assertEquals(named({ type: "tool_reference" }), "[tool ?]");
});

Deno.test("readToolContent describes the results of tools that the API runs", () => {
  const page = { type: "web_search_result", title: "Deno", url: "https://deno.com" };
  assertEquals(named(page), "Deno: https://deno.com");
});

Deno.test("readToolContent describes unknown blocks by their type", () => {
  assertEquals(named({ type: "hologram" }), "[hologram]");
  assertEquals(named({ a: 1 }), "[object]");
  assertEquals(named({ type: "text", text: 7 }), "[text]");
  assertEquals([7, true, null].map(named), ["[number]", "[boolean]", "[null]"]);
});

Deno.test("readToolContent accepts a single block", () => {
  assertEquals(readToolContent(7), { text: "[number]", content: [7] });
  assertEquals(readToolContent(TEXT), { text: "seen" });
  const image = { type: "image", source: { media_type: "image/png", data: "YWJj" } };
  assertEquals(readToolContent(image), { text: "[image/png, 3 B]", content: [image] });
});
