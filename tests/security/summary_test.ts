/**
 * Attacks on the page that `--summary` and CI show. A Markdown parser reads the page, with the most
 * permissive options, and the rules by which GitHub finds mentions and issues are applied to its text.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createSummary } from "../../lib/ci/summary.ts";
import { createEventFactory, type EventBody, type EventType } from "../../lib/events.ts";
import { hostileRun } from "../support/hostile_run.ts";
import { allTokens, type Token } from "../support/markdown.ts";
import { makeRandom } from "../support/random.ts";
import { answer, exit, START, text, use } from "../support/rendered_run.ts";

/** What other steps wrote to the same page before and after. */
const BEFORE = "# Before\n\nSee [docs], [docs][], [the docs][docs], [1], [^1] and [^note].\n";
const AFTER = "\n\n# After\n\nSee [docs], [docs][], [the docs][docs], [1], [^1] and [^note].\n";

/** Returns the page of a run with these events, between the texts of other steps. */
function pageOf(bodies: readonly EventBody[]): string {
  const summary = createSummary("/home/ada");
  const stamp = createEventFactory(() => null);
  for (const body of bodies) summary.event(stamp<EventType>(body));
  return `${BEFORE}\n${summary.markdown()}${AFTER}`;
}

/** Returns the page of a good run with this answer. */
function pageWith(reply: string): string {
  return pageOf([START, text(reply), answer(reply), exit()]);
}

/** Returns the addresses of the links in a page. */
function linksIn(page: string): string[] {
  return allTokens(page).flatMap(({ token }) => token.attrGet?.("href") ?? []);
}

/** Returns the texts of a page in which GitHub looks for mentions and issues: all but code. */
function textsIn(page: string): string[] {
  const isText = ({ type }: Token) => ["text", "text_special", "html_block"].includes(type);
  const texts = allTokens(page).map(({ token }) => isText(token) ? token.content : "\n");
  const withoutCode = texts.join("").replaceAll(/<code>.*?<\/code>/g, "").replaceAll("&#39;", "'");
  return withoutCode.split("\n").filter((line) => line !== "");
}

const MENTION = /(?<![A-Za-z0-9])@[A-Za-z0-9]/;
const ISSUE = /#\d|(?<![A-Za-z0-9])GH-\d/i;

/** Checks that a page has no active content but links to web pages. */
function assertInert(page: string): void {
  for (const { token, isQuoted } of allTokens(page)) {
    const { type, content } = token;
    assert(!["image", "html_inline"].includes(type), `${type}: ${content}`);
    const isOwn = /^<details><summary>[^<>]*(?:<code>[^<>]*<\/code>[^<>]*)?<\/summary>$/m;
    const isEnd = content.trim() === "</details>";
    assert(type !== "html_block" || !isQuoted && (isOwn.test(content) || isEnd), content);
  }
  for (const link of linksIn(page)) assert(/^(?:https?:\/\/|mailto:)/i.test(link), link);
  for (const line of textsIn(page)) {
    assert(!MENTION.test(line), `a mention: ${line}`);
    assert(!ISSUE.test(line), `an issue: ${line}`);
  }
}

/** Checks that the texts of other steps are what they were. */
function assertOthersUnchanged(page: string): void {
  const tokens = allTokens(page);
  const headings = tokens.flatMap(({ token }, index) =>
    token.type === "heading_open" && token.level === 0 ? tokens[index + 1]?.token.content ?? "" : []
  );
  assertEquals([headings.at(0), headings.at(-1)], ["Before", "After"], page);
  for (const part of [BEFORE, AFTER]) {
    const line = part.split("\n").find((line) => line.startsWith("See ")) ?? "";
    assert(tokens.some(({ token }) => token.type === "text" && token.content === line), page);
  }
}

const DEFINITIONS: readonly string[] = [
  "[docs]: https://evil.example",
  "[DOCS]: <https://evil.example>",
  "   [docs]:\n   https://evil.example\n   'title'",
  "[docs]:https://evil.example",
  "[\ndocs\n]: https://evil.example",
  "> [docs]: https://evil.example",
  "> > - 1. [docs]: https://evil.example",
  "- [docs]: https://evil.example\n\n  more",
  "text\n\n[docs]: //evil.example\n[1]: https://evil.example",
  "# heading\n[docs]: https://evil.example",
  "[docs]\x1b[31m: https://evil.example",
  "[docs\\]: x]: https://evil.example",
  "[^1]: a footnote\n\n[^note]: another",
  "[docs]: javascript:alert(1)",
];

Deno.test("a link or footnote definition in the answer changes nothing outside of the quote", () => {
  for (const definition of DEFINITIONS) {
    const page = pageWith(`Done. See [docs].\n\n${definition}\n\nBye.`);
    assertOthersUnchanged(page);
    assertInert(page);
    // Not even the words of the quote become links.
    const spoofed = linksIn(pageWith(`[docs]\n\n${definition}`)).length;
    assert(spoofed <= 1, definition);
  }
});

const LINKS: readonly string[] = [
  "[a](javascript:alert(1))",
  "[a](JaVaScRiPt:alert(1))",
  "[a]( javascript:alert(1))",
  "[a](\njavascript:alert(1))",
  "[a](<javascript:alert(1)>)",
  "[a](&#106;avascript:alert(1))",
  "[a](javascript&colon;alert(1))",
  "[a](java\tscript:alert(1))",
  "[a](\\javascript:alert(1))",
  "[a](data:text/html,<script>alert(1)</script>)",
  "[a](data:text/html;base64,PHNjcmlwdD4= 'title')",
  "[a](vbscript:x)",
  "[a](file:///etc/passwd)",
  "[a](//evil.example)",
  "[a](/settings)",
  "[a](mailto:x@evil.example)",
  "[a](x-app://open)",
  "[**a** `b`](javascript:alert(1))",
  "[![a](data:image/png;base64,x)](javascript:alert(1))",
  "<javascript:alert(1)>",
  "<JAVASCRIPT:alert(1)>",
  "<data:text/html,x>",
  "<file:///etc/passwd>",
  "<x-app:open>",
  "file:///etc/passwd",
  "ftp://evil.example/x",
  "//evil.example",
  "_//evil.example",
  "[a][b]\n\n[b]: javascript:alert(1)",
  "<a href='javascript:alert(1)'>a</a>",
];

Deno.test("a link of the answer leads to a web page or nowhere", () => {
  for (const link of LINKS) {
    for (const reply of [link, `> - ${link}`, `| a |\n| - |\n| ${link} |`, `# ${link}`]) {
      const page = pageWith(reply);
      assertInert(page);
      assertEquals(linksIn(page).filter((href) => !href.startsWith("mailto:")), [], reply);
    }
  }
});

const REFERENCES: readonly string[] = [
  "@octocat",
  "_@octocat_ **@octocat** ~~@octocat~~",
  "\\@octocat (@octocat) /@octocat -@octocat",
  "&#64;octocat &#x40;octocat &commat;octocat",
  "@\u200boctocat @org/team é@octocat",
  "#12 (#12) \\#12 &#35;12 &num;12 #&#49;2",
  "org/repo#12 org/repo\\#12 [org/repo#12] _org/repo#12_",
  "GH-12 gh-12 _GH-12_ GH\\-12 GH&#45;12 G&#72;-12",
  "fixes #12",
  "* @octocat\n* #12\n",
  "<b>@octocat</b> <!-- --> @octocat",
];

Deno.test("mentions and references to issues in the answer are text", () => {
  for (const reply of REFERENCES) assertInert(pageWith(reply));
});

Deno.test("mentions and references to issues in every other field are text", () => {
  for (const reference of REFERENCES) assertInert(pageOf(hostileRun(reference)));
});

const HTML: readonly string[] = [
  "<img src=x onerror=alert(1)>",
  "<IMG\nsrc='https://evil.example/p.png'>",
  "![](https://evil.example/p.png)",
  "![a][b]\n\n[b]: https://evil.example/p.png",
  "!\x1b[0m[](https://evil.example/p.png)",
  "</details></details></blockquote>\n\n## Out",
  "<details><summary>x",
  "<!-- swallowed",
  "<![CDATA[ swallowed",
  "<?php swallowed",
  "<script>swallowed",
  "<https:javascript> <https://x onclick=alert(1)> <https://<img src=x onerror=alert(1)>>",
  "<textarea>\n\n<style>\n\n<table><tr><td>",
  "```",
  "~~~~~ js\n<b>",
  "- ```\n  x",
  "| a |\n| - |\n| ![](https://evil.example) | <b> |\n| open",
  "$$ swallowed",
  "> [!CAUTION]\n> all secrets are lost",
  "\u2028</details>\u2029<b>\v<b>\f<b>\x85<b>\r<b>\r\n<b>",
];

Deno.test("HTML, images and open blocks of the answer neither act nor hide what follows", () => {
  for (const html of HTML) {
    for (const reply of [html, `text ${html}`, `> ${html}`, `1. ${html}\n\n   ${html}`]) {
      const page = pageWith(reply);
      assertInert(page);
      assertOthersUnchanged(page);
    }
  }
});

Deno.test("every attack in every field leaves the page and its neighbors as they are", () => {
  for (const attack of [...DEFINITIONS, ...LINKS, ...REFERENCES, ...HTML]) {
    const page = pageOf(hostileRun(attack));
    assertInert(page);
    assertOthersUnchanged(page);
  }
});

Deno.test("any combination of attacks leaves the page and its neighbors as they are", () => {
  const random = makeRandom(13);
  const fragments = [...DEFINITIONS, ...LINKS, ...REFERENCES, ...HTML];
  const separators = [
    "",
    " ",
    "\n",
    "\n\n",
    "\n> ",
    "\n- ",
    "\n    ",
    "`",
    "*",
    "_",
    "[",
    "](",
    "\\",
  ];
  for (let n = 0; n < 1_500; n++) {
    const parts = Array.from({ length: 1 + random.below(6) }, () => {
      const fragment = random.pick(fragments);
      const start = random.below(4) === 0 ? random.below(fragment.length) : 0;
      return fragment.slice(start) + random.pick(separators);
    });
    const page = pageWith(parts.join(""));
    assertInert(page);
    assertOthersUnchanged(page);
  }
});

Deno.test("names with pipes and newlines add no cells and rows to a table", () => {
  const evil = "a | b |\n| c | d\n\n# out";
  const calls = ["Bash", evil, `mcp__${evil}__${evil}`];
  const page = pageOf([
    START,
    ...calls.map((name, index) => use(`${index}`, name, { command: evil })),
    answer("Done."),
    exit(),
  ]);
  const types = allTokens(page).map(({ token }) => token.type);
  assertEquals(types.filter((type) => type === "tr_open").length, 1 + calls.length);
  assertEquals(types.filter((type) => type === "td_open").length, 2 * calls.length);
  assertOthersUnchanged(page);
});

Deno.test("invisible and bidirectional characters are visible in the page", () => {
  const page = pageOf(hostileRun("a\u200b\u202e\u{e0041}\u00ad\ufeffb"));
  assert(!/[\u200b\u202e\u{e0041}\u00ad\ufeff]/u.test(page));
  for (const name of ["200B", "202E", "E0041", "00AD", "FEFF"]) {
    assertStringIncludes(page, `U+${name}`);
  }
});

Deno.test("the Markdown of an honest answer keeps its form", () => {
  const reply =
    "## Result\n\n- **bold**, *em*, `code`\n- [a page](https://example.com/a?b=c#d)\n\n" +
    "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n```ts\nconst a = 1;\n```\n\nSee https://example.org/x " +
    "and <https://example.net/y>.";
  const page = pageWith(reply);
  const types = new Set(allTokens(page).map(({ token }) => token.type));
  const kept = ["heading_open", "bullet_list_open", "strong_open", "em_open", "code_inline"];
  for (const type of [...kept, "table_open", "fence", "blockquote_open"]) {
    assert(types.has(type), type);
  }
  assertEquals(linksIn(page), [
    "https://example.com/a?b=c#d",
    "https://example.org/x",
    "https://example.net/y",
  ]);
});
