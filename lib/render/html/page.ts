import { VERSION } from "../../version.ts";
import type { Report } from "../report.ts";
import { renderContents } from "./contents.ts";
import { renderConversation } from "./conversation.ts";
import { renderHead, titleOf } from "./head.ts";
import { type Attributes, element, fragment, Html } from "./html.ts";
import { createPageContext, type PageLimits } from "./page_context.ts";
import { SCRIPT_HASH, STYLE_HASH } from "./page_hashes.ts";
import script from "./page.js" with { type: "text" };
import { PAGE_STYLE } from "./style/style.ts";
import { renderTimeline } from "./timeline/timeline.ts";
import { renderToolbar } from "./toolbar.ts";

/** Allows the style and the script of the page, the images in it, and nothing else. */
const POLICY = [
  "default-src 'none'",
  `style-src '${STYLE_HASH}'`,
  `script-src '${SCRIPT_HASH}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** The policy precedes everything that it restricts. */
const METADATA: readonly Attributes[] = [
  { charset: "utf-8" },
  { "http-equiv": "Content-Security-Policy", content: POLICY },
  { name: "viewport", content: "width=device-width, initial-scale=1" },
  { name: "color-scheme", content: "light dark" },
  { name: "referrer", content: "no-referrer" },
  { name: "generator", content: `ccrun ${VERSION}` },
];

/** Returns the page of a session. */
export function renderPage(report: Report, limits: PageLimits): string {
  const page = element(
    "html",
    { lang: "en" },
    "\n",
    renderHeadElement(report),
    "\n",
    renderBody(report, limits),
    "\n",
  );
  return `<!DOCTYPE html>\n${page.text}\n`;
}

function renderHeadElement(report: Report): Html {
  return element(
    "head",
    {},
    METADATA.map((attributes) => fragment(element("meta", attributes), "\n")),
    element("title", {}, titleOf(report)),
    element("style", {}, new Html(PAGE_STYLE)),
  );
}

function renderBody(report: Report, limits: PageLimits): Html {
  const context = createPageContext(report, limits);
  // The other parts refer to the steps that it shows.
  const conversation = renderConversation(report, context);
  return element(
    "body",
    {},
    element("a", { class: "sr skip", href: "#conversation" }, "Skip to the conversation"),
    renderToolbar(context.shown),
    element(
      "main",
      {},
      renderHead(report),
      renderTimeline(report, context.shown),
      renderContents(report),
      conversation,
    ),
    element("footer", {}, `Written by ccrun ${VERSION}`),
    element("script", {}, new Html(script)),
  );
}
