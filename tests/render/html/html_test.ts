import { assertEquals } from "@std/assert";
import {
  type Content,
  element,
  escapeHtml,
  fragment,
  Html,
  toVisibleHtml,
} from "../../../lib/render/html/html.ts";

Deno.test("escapeHtml leaves no character with a meaning in elements or attributes", () => {
  const cases: [text: string, html: string][] = [
    ["plain text\n\tand tabs", "plain text\n\tand tabs"],
    [`<a href="x" id='y'>&amp;`, "&lt;a href=&quot;x&quot; id='y'&gt;&amp;amp;"],
    ["\u202eabc\u200b", "&lt;U+202E&gt;abc&lt;U+200B&gt;"],
    ["\x1b[31mred\x1b[0m\x1b[2J", "red␛[2J"],
    ["Grüße, 日本, 👩‍💻", "Grüße, 日本, 👩‍💻"],
  ];
  for (const [text, html] of cases) assertEquals(escapeHtml(text), html);
});

Deno.test("element escapes attributes and content, and leaves out what is not set", () => {
  const attributes = { title: '"<', hidden: true, width: 0, id: undefined, class: "" } as const;
  const content: Content[] = ["<b>", 1, null, false, new Html("<i></i>"), ["\u200b", [2]]];
  assertEquals(
    element("p", attributes, ...content).text,
    '<p title="&quot;&lt;" hidden width="0">&lt;b&gt;1<i></i>&lt;U+200B&gt;2</p>',
  );
  assertEquals(element("img", { src: "data:," }).text, '<img src="data:,">');
  assertEquals(fragment("<", element("b", {})).text, "&lt;<b></b>");
});

Deno.test("toVisibleHtml keeps tags and shows invisible characters", () => {
  assertEquals(toVisibleHtml("<b>\u202e</b>\u2066"), "<b>&lt;U+202E&gt;</b>&lt;U+2066&gt;");
});
