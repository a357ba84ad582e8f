/**
 * Renders the screen of a terminal as an SVG picture that needs no script, font or other file.
 *
 * @module
 */

import type { Cell, CellStyle, Color } from "./screen.ts";

/** Options of the picture. */
export interface SvgOptions {
  /** The width of the window in columns. */
  readonly columns: number;
  /** The text in the bar of the window. */
  readonly caption: string;
  /** The name of the picture, for screen readers. */
  readonly title: string;
  /** The description of the picture, for screen readers. */
  readonly description: string;
  /** The cursor's column in the last row. */
  readonly cursor: number;
}

/** Sizes in pixels. The picture shrinks as a whole on a narrow page. */
const FONT_SIZE = 14;
/** The width of a letter in most monospaced fonts is 0.6 of the size. `textLength` enforces it in others. */
const COLUMN = 8.4;
const ROW = 20;
const BAR = 38;
const PADDING = 20;
/** The distance of the baseline from the top of a row. */
const BASELINE = 14.5;

const FONTS = "ui-monospace, SFMono-Regular, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', " +
  "'Liberation Mono', monospace";

/** The window is dark, to contrast with a white page. Its border contrasts with a dark one. */
const WINDOW = { background: "#10151d", bar: "#1a212b", border: "#3d4653", text: "#e2e8f0" };

/** Dim text, with a contrast of 7 to 1. */
const DIM = "#98a4b3";

const PALETTE: Readonly<Record<Color, string>> = {
  black: "#5c6773",
  red: "#ff8278",
  green: "#6fd98b",
  yellow: "#e9bf62",
  blue: "#7ab2ff",
  magenta: "#cf9bf5",
  cyan: "#5fd3de",
  white: "#e2e8f0",
};

const BUTTONS = ["#ff5f57", "#febc2e", "#28c840"];

/** Characters that connect cells. They are drawn as paths because a font leaves gaps between the rows. */
const LINES: Readonly<Record<string, string>> = {
  "│": `v${ROW}`,
  "└": `v${ROW / 2}h${COLUMN / 2}`,
};

interface Run {
  text: string;
  readonly column: number;
  columns: number;
  readonly style: CellStyle;
}

/** Returns the picture. */
export function terminalSvg(
  rows: readonly (readonly Cell[])[],
  { columns, caption, title, description, cursor }: SvgOptions,
): string {
  const width = Math.ceil(columns * COLUMN + 2 * PADDING);
  const height = BAR + rows.length * ROW + 2 * PADDING - 6;
  const top = BAR + PADDING - 4;
  const left = PADDING;

  const lines: string[] = [];
  for (const [index, cells] of rows.entries()) {
    const y = top + index * ROW;
    for (const { column, columns, style, text } of runsOf(cells)) {
      const x = short(left + column * COLUMN);
      const length = short(columns * COLUMN);
      lines.push(
        `<text x="${x}" y="${short(y + BASELINE)}" textLength="${length}" ` +
          `lengthAdjust="spacingAndGlyphs"${classOf(style)}>${escaped(text)}</text>`,
      );
    }
    for (const { text, column, style } of cells) {
      const path = LINES[text];
      if (path === undefined) continue;
      const x = short(left + (column + 0.5) * COLUMN);
      lines.push(`<path d="M${x} ${y}${path}" fill="none" stroke="${paintOf(style)}"/>`);
    }
  }
  const last = top + (rows.length - 1) * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<style>
text { fill: ${WINDOW.text}; font-family: ${FONTS}; font-size: ${FONT_SIZE}px }
${rulesOf(rows).join("\n")}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${
    height - 1
  }" rx="10" fill="${WINDOW.background}"/>
<path d="M0.5 ${BAR}V10.5a10 10 0 0 1 10 -10H${
    width - 10.5
  }a10 10 0 0 1 10 10V${BAR}z" fill="${WINDOW.bar}"/>
<rect x="0.5" y="0.5" width="${width - 1}" height="${
    height - 1
  }" rx="10" fill="none" stroke="${WINDOW.border}"/>
${
    BUTTONS.map((color, at) => `<circle cx="${20 + at * 20}" cy="19" r="6" fill="${color}"/>`)
      .join("\n")
  }
<text x="${width / 2}" y="24" text-anchor="middle" class="d">${escaped(caption)}</text>
${lines.join("\n")}
<rect x="${short(left + cursor * COLUMN)}" y="${last + 1}" width="${COLUMN}" height="${
    ROW - 2
  }" fill="${WINDOW.text}" opacity="0.7"/>
</svg>
`;
}

/** Joins neighbors with the same style. XML cannot keep two spaces, so these separate them. */
function runsOf(cells: readonly Cell[]): readonly Run[] {
  const runs: Run[] = [];
  let last: Run | undefined;
  let gap = 0;
  for (const { text, column, width, style } of cells) {
    if (text in LINES) continue;
    if (text === " ") {
      gap++;
      continue;
    }
    const joins = last !== undefined && isSame(last.style, style) && gap <= 1 &&
      column === last.column + last.columns + gap && isAscii(text) && isAscii(last.text);
    if (last !== undefined && joins) {
      last.text += " ".repeat(gap) + text;
      last.columns += gap + width;
    } else {
      last = { text, column, columns: width, style };
      runs.push(last);
    }
    gap = 0;
  }
  return runs;
}

/** Returns whether the font has the text. Other text may need another font, so its width is set by itself. */
function isAscii(text: string): boolean {
  // deno-lint-ignore no-control-regex -- from the first to the last of ASCII
  return /^[\x00-\x7f]*$/.test(text);
}

function isSame(one: CellStyle, other: CellStyle): boolean {
  return one.color === other.color && one.bold === other.bold && one.dim === other.dim;
}

function nameOf({ color, bold, dim }: CellStyle): string {
  return `${color ?? ""}${bold ? "b" : ""}${dim ? "d" : ""}`;
}

function classOf(style: CellStyle): string {
  const name = nameOf(style);
  return name === "" ? "" : ` class="${name}"`;
}

/** Returns the CSS rules for the styles on the screen and for the bar of the window. */
function rulesOf(rows: readonly (readonly Cell[])[]): readonly string[] {
  const rules = new Map([["d", ruleOf({ bold: false, dim: true })]]);
  for (const { style } of rows.flat()) rules.set(nameOf(style), ruleOf(style));
  return [...rules].filter(([name]) => name !== "").sort(([one], [other]) => one < other ? -1 : 1)
    .map(([name, rule]) => `.${name} { ${rule} }`);
}

function paintOf({ color, dim }: CellStyle): string {
  return color !== undefined ? PALETTE[color] : dim ? DIM : WINDOW.text;
}

function ruleOf(style: CellStyle): string {
  const faint = style.dim && style.color !== undefined ? "; opacity: 0.75" : "";
  return `fill: ${paintOf(style)}${style.bold ? "; font-weight: bold" : ""}${faint}`;
}

/** Rounds to two decimals. */
function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Escapes text for XML. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
