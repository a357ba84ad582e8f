import { isAbsolute, relative, resolve } from "@std/path";

/** A place in a file of the workspace. */
export interface EditPlace {
  /** The file, relative to the workspace, with slashes. */
  readonly file: string;
  readonly line: number;
}

/** What a tool was to change, as far as it tells the place. */
export interface Edit {
  readonly path: string;
  /** The texts that were to be replaced. */
  readonly old: readonly string[];
}

/** Reads a file; gives undefined when it cannot, or must not. */
export type ReadText = (path: string) => string | undefined;

/** More of a text is not looked for. */
const OLD_LIMIT = 2_000;

/** More texts are not looked for. */
const MOST_OLD = 20;

const EDITING: ReadonlySet<string> = new Set(["Edit", "MultiEdit", "Write", "NotebookEdit"]);

function oldText(value: unknown): string {
  if (typeof value !== "object" || value === null || !("old_string" in value)) return "";
  const { old_string: old } = value;
  return typeof old === "string" ? old.slice(0, OLD_LIMIT) : "";
}

/** What a tool is to change, when it is one that changes a file. The input is foreign. */
export function editOf(
  name: string,
  input: { readonly [key: string]: unknown },
): Edit | undefined {
  if (!EDITING.has(name)) return undefined;
  const path = [input["file_path"], input["notebook_path"], input["path"]]
    .find((value) => typeof value === "string" && value !== "");
  if (typeof path !== "string") return undefined;
  const edits: readonly unknown[] = Array.isArray(input["edits"]) ? input["edits"] : [input];
  const old = edits.slice(0, MOST_OLD).map(oldText).filter((text) => text.trim() !== "");
  return { path, old };
}

/** Where to look for the file of an edit. */
export interface EditPlaceOptions {
  /** What a relative path is relative to. */
  cwd: string | undefined;
  workspace: string | undefined;
  readFile: ReadText | undefined;
}

/**
 * The place of an edit that failed: the line where the text that was to be replaced begins, by
 * its first line, for the whole is likely not there; else line 1. Undefined outside of the workspace.
 *
 * @example
 * ```ts
 * import { placeOfEdit } from "./edit_place.ts";
 *
 * const edit = { path: "/w/src/a.ts", old: ["two\nthree"] };
 * const place = { cwd: "/w", workspace: "/w", readFile: () => "one\ntwo\n3\n" };
 * console.log(placeOfEdit(edit, place)); // { file: "src/a.ts", line: 2 }
 * ```
 */
export function placeOfEdit(edit: Edit, options: EditPlaceOptions): EditPlace | undefined {
  const { cwd, workspace, readFile } = options;
  if (workspace === undefined || !isAbsolute(workspace)) return undefined;
  if (cwd === undefined ? !isAbsolute(edit.path) : !isAbsolute(resolve(cwd))) return undefined;
  const path = resolve(cwd ?? workspace, edit.path);
  const inside = relative(workspace, path);
  if (inside === "" || inside === ".." || /^\.\.[/\\]/.test(inside) || isAbsolute(inside)) {
    return undefined;
  }
  const file = inside.replaceAll("\\", Deno.build.os === "windows" ? "/" : "\\");
  return { file, line: edit.old.length === 0 ? 1 : lineOf(edit.old, readFile?.(path)) };
}

function lineOf(old: readonly string[], content: string | undefined): number {
  if (content === undefined) return 1;
  // Of several, the one that cannot be applied is the one that failed.
  const failed = old.find((text) => !content.includes(text)) ?? old[0] ?? "";
  const first = failed.split("\n").map((line) => line.trim()).find((line) => line !== "") ?? "";
  const at = content.indexOf(first);
  if (first === "" || at === -1) return 1;
  let line = 1;
  for (let end = content.indexOf("\n"); end !== -1 && end < at; line++) {
    end = content.indexOf("\n", end + 1);
  }
  return line;
}
