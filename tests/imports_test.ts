import { assertEquals } from "@std/assert";
import { join } from "@std/path/join";
import { REPOSITORY } from "./support/paths.ts";

/** The files that lib/ itself may contain. */
const LOOSE_FILES: readonly string[] = [
  "errors.ts",
  "events.ts",
  "exit_codes.ts",
  "json_schema.ts",
  "mod.ts",
  "session.ts",
  "session_pool.ts",
  "version.ts",
];

/** The files that every room may import. */
const VOCABULARY = ["errors.ts", "events.ts", "exit_codes.ts", "json_schema.ts", "version.ts"];
const SHARED = [...VOCABULARY, "util"];

const EVERYTHING = ["claude", "process", "stream", "run", "batch", "serve", "session.ts"]
  .concat("session_pool.ts", "render", "terminal", "ci", "redact", "doctor", "cli");

/**
 * The rooms and files that each room may import, besides itself and {@linkcode SHARED}. A room is a
 * folder of lib/ or a loose file.
 */
const MAY_IMPORT: { readonly [room: string]: readonly string[] } = {
  "mod.ts": EVERYTHING,
  cli: EVERYTHING,
  batch: ["run", "claude", "session.ts"],
  serve: ["run", "claude", "session.ts", "session_pool.ts"],
  // The types of its public options and results, and the checks of images and session ids.
  "session.ts": [
    "run",
    "claude/options.ts",
    "claude/prompt_image.ts",
    "claude/session_id.ts",
    "process/guardian.ts",
  ],
  "session_pool.ts": ["run", "session.ts", "claude/session_id.ts"],
  doctor: ["run", "claude", "process", "session.ts"],
  run: ["claude", "process", "stream"],
  render: ["terminal", "redact", "claude/tools.ts", "batch/events.ts", "batch/task_result.ts"]
    .concat("batch/results/results_summary.ts"),
  ci: [
    "render/batch/failure_groups.ts",
    "render/batch/totals.ts",
    "render/batch/words.ts",
    "render/markdown/call_state.ts",
    "render/markdown/escape.ts",
    "render/markdown/excerpt.ts",
    "render/markdown/models.ts",
    "batch/events.ts",
    "batch/task_result.ts",
    "terminal",
    "redact",
    "claude/tools.ts",
  ],
  claude: [],
  process: [],
  stream: [],
  terminal: [],
  redact: [],
  std: [],
  util: [],
  "errors.ts": [],
  "events.ts": [],
  "exit_codes.ts": [],
  "json_schema.ts": ["util/typed_schema.ts"],
  "version.ts": [],
};

/** The files that may import dynamically, and what: one module for each command, and for each kind of page. */
const DYNAMICALLY_IMPORTED: { readonly [importer: string]: RegExp } = {
  "cli/dispatch.ts": /^cli\/commands\/\w+\.ts$/,
  "cli/load_page.ts": /^render\/(?:html|markdown)\/\w+\.ts$/,
};

interface Import {
  /** The path of the importing file, relative to lib/. */
  readonly from: string;
  /** The path of the imported file, relative to lib/, or a bare specifier. */
  readonly to: string;
  readonly isDynamic: boolean;
}

/** Matches `from "x"`, `import "x"` and `import("x")`. */
const IMPORT = /\b(?:from|import)\s*(\(?)\s*"([^"]+)"/g;

/** Matches block comments, whose examples contain imports. */
const COMMENT = /\/\*[\s\S]*?\*\//g;

function importsOf(from: string, source: string): Import[] {
  return [...source.replaceAll(COMMENT, "").matchAll(IMPORT)].map(([, parenthesis, specifier]) => ({
    from,
    to: specifier!.startsWith(".") ? join(from, "..", specifier!) : specifier!,
    isDynamic: parenthesis === "(",
  }));
}

/** Returns the paths of all TypeScript files below a folder, relative to lib/. */
function filesOf(folder = ""): string[] {
  return [...Deno.readDirSync(join(REPOSITORY, "lib", folder))].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? filesOf(path) : name.endsWith(".ts") ? [path] : [];
  }).sort();
}

function allImports(): Import[] {
  return filesOf().flatMap((path) =>
    importsOf(path, Deno.readTextFileSync(join(REPOSITORY, "lib", path)))
  );
}

function roomOf(path: string): string {
  return path.split("/")[0]!;
}

function isAllowed({ from, to }: Import): boolean {
  const isFileOfLib = /\.(ts|sh)$/.test(to) && !to.startsWith("@") && !to.startsWith("npm:");
  if (!isFileOfLib) return true;
  const [room, target] = [roomOf(from), roomOf(to)];
  if (room === target) return true;
  const shared = VOCABULARY.includes(room) ? VOCABULARY : SHARED;
  return [...shared, ...MAY_IMPORT[room] ?? []].some((name) => name === target || name === to);
}

/** Returns every import that breaks a rule: `from -> to`, or `from -> import(to)` if it is dynamic. */
function findViolations(): string[] {
  const imports = allImports();
  const wrongWay = imports.filter((each) => !isAllowed(each)).map(({ from, to }) =>
    `${from} -> ${to}`
  );
  const dynamic = imports.filter(({ from, to, isDynamic }) =>
    isDynamic && !DYNAMICALLY_IMPORTED[from]?.test(to)
  ).map(({ from, to }) => `${from} -> import(${to})`);
  return [...wrongWay, ...dynamic];
}

Deno.test("importsOf finds static, dynamic, side-effect and re-exported imports", () => {
  const source = `
    /** import { no } from "./comment.ts"; */
    import { a } from "../util/a.ts";
    import type { B } from "@std/path";
    import "./c.ts";
    export {
      d,
    } from "./d.ts";
    import script from "./e.sh" with { type: "text" };
    const { f } = await import("./f.ts");
  `;
  assertEquals(
    importsOf("cli/x.ts", source).map(({ to, isDynamic }) => isDynamic ? `dynamic ${to}` : to),
    ["util/a.ts", "@std/path", "cli/c.ts", "cli/d.ts", "cli/e.sh", "dynamic cli/f.ts"],
  );
});

Deno.test("isAllowed follows the table", () => {
  const allowed = (from: string, to: string) => isAllowed({ from, to, isDynamic: false });
  assertEquals(allowed("cli/main.ts", "run/run.ts"), true);
  assertEquals(allowed("run/run.ts", "cli/main.ts"), false);
  assertEquals(allowed("render/json.ts", "claude/tools.ts"), true);
  assertEquals(allowed("render/json.ts", "claude/find.ts"), false);
  assertEquals(allowed("process/child.ts", "process/guardian.sh"), true);
  assertEquals(allowed("process/child.ts", "util/env.ts"), true);
  assertEquals(allowed("events.ts", "util/env.ts"), false);
  assertEquals(allowed("util/env.ts", "mod.ts"), false);
});

Deno.test("imports go one way, and only commands and pages are imported dynamically", () => {
  assertEquals(findViolations(), []);
});

/** Returns what the files import that are loaded before the command of the arguments is. */
function importsAtStart(): string[] {
  const imports = allImports().filter(({ isDynamic }) => !isDynamic);
  const reached = new Set(["cli/main.ts"]);
  for (const file of reached) {
    for (const { from, to } of imports) if (from === file) reached.add(to);
  }
  return [...reached];
}

Deno.test("nothing that is slow to load is loaded before the command is known", () => {
  assertEquals(importsAtStart().includes("cli/validate.ts"), true);
  assertEquals(importsAtStart().filter((path) => /^node:(?!os$)/.test(path)), []);
});

Deno.test("every file and folder in lib/ is in the table", () => {
  const files = filesOf().filter((path) => !path.includes("/"));
  assertEquals(files.filter((name) => !LOOSE_FILES.includes(name)), []);
  const rooms = new Set(filesOf().filter((path) => path.includes("/")).map(roomOf));
  assertEquals([...rooms].filter((room) => !(room in MAY_IMPORT)), []);
});
