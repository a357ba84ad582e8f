/**
 * Texts that try to run a script, to load something, or to break a page that shows them.
 *
 * A script that runs sets `pwned`.
 *
 * @module
 */

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" onload="pwned=1"><script>pwned=1</script></svg>';

/**
 * HTML and Markdown, in groups. A group is one text. What breaks out of attributes comes first, because titles
 * and names are cut off.
 */
const MARKUP: readonly (readonly string[])[] = [
  [
    `"><img src=x onerror=pwned=1>`,
    "</script><script>pwned=1</script>",
    "</style><script>pwned=1</script><style>*{display:none!important}</style>",
    "</title></textarea></pre></code></details></main></body></html><script>pwned=1</script>",
    `[x](javascript:pwned=1) <javascript:pwned=1> [x](JaVaScRiPt:pwned=1) [x](java&#115;cript:pwned=1)`,
    "[x](\u0001javascript:pwned=1) [x](java\tscript:pwned=1) [x](<java\tscript:pwned=1>) [x](vbscript:x)",
    "[x][y] ![x][y]\n\n[y]: javascript:pwned=1 'x'",
    "<!--",
  ],
  [
    `" onmouseover="pwned=1" onfocus="pwned=1" autofocus x="`,
    `<base href="https://evil.example/"><a href="x">x</a>`,
    `<meta http-equiv="refresh" content="0;url=https://evil.example/">`,
    `<link rel="stylesheet" href="https://evil.example/x.css"><link rel="prefetch" href="//evil.example">`,
    `<form action="https://evil.example/"><button autofocus>x</button></form>`,
    `[x](https://evil.example/"onmouseover="pwned=1) [x](https://evil.example "\\"onfocus=\\"pwned=1")`,
    `[x](file:///etc/passwd) [x](//evil.example/) [x](ftp://evil.example/) [x](#" onclick="pwned=1)`,
    '```html" onclick="pwned=1\n</code></pre><script>pwned=1</script>\n```',
    "<plaintext>",
  ],
  [
    `'><svg/onload=pwned=1>`,
    SVG,
    `<iframe srcdoc="<script>top.pwned=1</script>"></iframe>`,
    `[x](data:text/html,<script>pwned=1</script>) [x](data:text/html;base64,PHNjcmlwdD5wd25lZD0xPC9zY3JpcHQ+)`,
    "![x](https://evil.example/x.png) ![x](javascript:pwned=1) ![x](data:image/svg+xml,<svg/onload=pwned=1>)",
    "| a |\n|:--:|\n| <script>pwned=1</script> |",
    "https://evil.example/<script>pwned=1</script> https://evil.example/%22onclick=%22pwned=1",
    `<style>*{display:none!important}</style><div style="position:fixed;inset:0;background:red">x</div>`,
    "--><script>pwned=1</script><!--",
  ],
  [
    "<script>pwned=1</script>",
    "{{constructor.constructor('pwned=1')()}} ${pwned=1} `${pwned=1}` &lt;script&gt;pwned=1&lt;/script&gt;",
    '#"><script>pwned=1</script>',
    "]]><script>pwned=1</script><![CDATA[",
  ],
  ["__proto__"],
];

/** HTML and Markdown. Each text is tried in each field of a session. */
export const HOSTILE_MARKUP: readonly string[] = MARKUP.map((group) => group.join("\n\n"));

/** Lines that are hard to show. */
const LINES: readonly string[] = [
  "\u202egnp.exe\u202c \u2066x\u2069 \u200b\u200d\ufeff\u00ad a\u0301\u0301\u0301\u0301",
  "\u202e".repeat(50),
  `Z${"\u0300\u0489".repeat(400)}`,
  "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x00 \x9b31m \ud800 \udfff \r\n \r \f \v",
  "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd 天地玄黄 😀👨‍👩‍👧‍👦",
  "x".repeat(1_000),
  "\u4e00".repeat(500),
  "a b ".repeat(100),
  "\n".repeat(50),
  "\t".repeat(50),
  "/".repeat(500),
];

/** Text that is hard to show. Each text is tried in each field of a session. */
export const HOSTILE_TEXT: readonly string[] = [LINES, LINES.toReversed()]
  .map((lines) => lines.join("\n"));

/** Texts that could take a parser of Markdown long, or nest elements deeply. */
export const SLOW_MARKDOWN: readonly string[] = [
  ">".repeat(3_000),
  "- ".repeat(3_000),
  "[".repeat(20_000),
  "![".repeat(10_000),
  "*a_ ".repeat(10_000),
  "`".repeat(10_000) + " ".repeat(10_000),
  "<a ".repeat(10_000),
  "[a](".repeat(10_000),
  "|a".repeat(10_000) + "\n" + "|-".repeat(10_000),
];

/** Blocks of images that are none, or not what they claim to be. */
export const HOSTILE_IMAGES: readonly unknown[] = [
  source("image/svg+xml", btoa(SVG)),
  source("text/html", btoa("<script>pwned=1</script>")),
  source('image/png" onerror="pwned=1', "iVBORw0KGgo="),
  source('image/png;x="><script>pwned=1</script>', "iVBORw0KGgo="),
  source("image/png", '"><script>pwned=1</script>'),
  source("image/png", "https://evil.example/x.png"),
  source("image/png", btoa(SVG)),
  source("image/png", btoa("no image at all")),
  source("IMAGE/PNG", ""),
  { type: "image", source: { type: "url", url: "https://evil.example/x.png" } },
  { type: "image", source: "https://evil.example/x.png" },
  { type: "image", url: "https://evil.example/x.png" },
  { type: "image", source: { type: "base64", media_type: ["image/png"], data: { x: 1 } } },
  { type: "image" },
  null,
];

function source(media_type: string, data: string): unknown {
  return { type: "image", source: { type: "base64", media_type, data } };
}
