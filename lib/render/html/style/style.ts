import base from "./base.css" with { type: "text" };
import calls from "./calls.css" with { type: "text" };
import controls from "./controls.css" with { type: "text" };
import head from "./head.css" with { type: "text" };
import markdown from "./markdown.css" with { type: "text" };
import print from "./print.css" with { type: "text" };
import smallScreen from "./small_screen.css" with { type: "text" };
import steps from "./steps.css" with { type: "text" };
import timeline from "./timeline.css" with { type: "text" };

/** The style of a page. The rules for small screens and for paper override the others. */
export const PAGE_STYLE = [
  base,
  controls,
  head,
  timeline,
  steps,
  calls,
  markdown,
  smallScreen,
  print,
].join("\n");
