import { assert, assertEquals } from "@std/assert";
import { isWebAddress, renderMarkdown, webLink } from "../../../lib/render/html/markdown.ts";

Deno.test("renderMarkdown renders what models write", () => {
  const cases: [markdown: string, html: string][] = [
    ["**a** `b`", "<p><strong>a</strong> <code>b</code></p>\n"],
    ["# One\n## Two", "<h3>One</h3>\n<h4>Two</h4>\n"],
    ["- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"],
    ["```js\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>\n"],
    ["    a < b", "<pre><code>a &lt; b\n</code></pre>\n"],
    [
      "|a|b|\n|-|-:|\n|1|2|",
      '<div class="scroll"><table>\n<thead>\n<tr>\n<th>a</th>\n<th class="right">b</th>\n</tr>\n' +
      '</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td class="right">2</td>\n</tr>\n</tbody>\n' +
      "</table></div>\n",
    ],
  ];
  for (const [markdown, html] of cases) assertEquals(renderMarkdown(markdown).text, html);
});

Deno.test("renderMarkdown links only to the web", () => {
  const link = '<a href="https://x.org/" title="https://x.org/" rel="noreferrer noopener">';
  const cases: [markdown: string, html: string][] = [
    ["[a](https://x.org/)", `${link}a</a>`],
    ["https://x.org/", `${link}https://x.org/</a>`],
    ["<https://x.org/>", `${link}https://x.org/</a>`],
    ["[a](javascript:alert(1))", '<a title="javascript:alert(1)">a</a>'],
    ["[a](JaVaScRiPt&colon;alert(1))", '<a title="JaVaScRiPt:alert(1)">a</a>'],
    ["[a](data:text/html,x)", '<a title="data:text/html,x">a</a>'],
    ["[a](file:///etc/passwd)", '<a title="file:///etc/passwd">a</a>'],
    ["[a](//x.org)", '<a title="//x.org">a</a>'],
    ["[a](src/main.ts)", '<a title="src/main.ts">a</a>'],
    ["[a](#step-1)", '<a title="#step-1">a</a>'],
    ["main.rs and a@x.org", "main.rs and a@x.org"],
  ];
  for (const [markdown, html] of cases) {
    assertEquals(renderMarkdown(markdown).text, `<p>${html}</p>\n`, markdown);
  }
});

Deno.test("renderMarkdown shows raw HTML, images and definitions as text", () => {
  const cases: [markdown: string, html: string][] = [
    ["<b onclick=x>a</b>", "&lt;b onclick=x&gt;a&lt;/b&gt;"],
    ["![a](https://x.org/a.png)", '<span title="https://x.org/a.png">[image: a]</span>'],
    [
      "![](data:image/svg+xml,x)",
      '<span title="data:image/svg+xml,x">[image: data:image/svg+xml,x]</span>',
    ],
    ["[a]: hidden", "[a]: hidden"],
    ["&#x202e;a&#8203;", "&lt;U+202E&gt;a&lt;U+200B&gt;"],
  ];
  for (const [markdown, html] of cases) {
    assertEquals(renderMarkdown(markdown).text, `<p>${html}</p>\n`, markdown);
  }
});

Deno.test("renderMarkdown does not parse a huge text", () => {
  const text = "*".repeat(100_001);
  assertEquals(renderMarkdown(text).text, `<p class="plain">${text}</p>`);
});

Deno.test("isWebAddress accepts only complete addresses of the web", () => {
  for (const address of ["https://x.org", "HTTP://x.org/a?b#c"]) assert(isWebAddress(address));
  for (const address of ["", "https://", "x.org", " https://x.org", "javascript:https://x.org"]) {
    assertEquals(isWebAddress(address), false, address);
  }
});

Deno.test("webLink escapes its text and its address", () => {
  assertEquals(
    webLink('https://x.org/"', "<b>").text,
    '<a href="https://x.org/&quot;" title="https://x.org/&quot;" rel="noreferrer noopener">&lt;b&gt;</a>',
  );
});
