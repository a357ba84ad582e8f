import type { JsonObject } from "../util/json.ts";
import { getArray, getCount, getObject, getObjects, getStrings } from "./json_fields.ts";

/**
 * Returns the change of a file that a message with a tool result reports, as a unified diff without the
 * names of the file.
 *
 * @returns undefined if the tool changed no existing file
 */
export function readFileDiff(message: JsonObject): string | undefined {
  // With several results it is not known which of them the report is about.
  if (getArray(getObject(message, "message"), "content").length !== 1) return undefined;
  const hunks = getObjects(getObject(message, "tool_use_result"), "structuredPatch");
  return hunks.length === 0 ? undefined : hunks.map(formatHunk).join("\n");
}

function formatHunk(hunk: JsonObject): string {
  const before = `-${getCount(hunk, "oldStart")},${getCount(hunk, "oldLines")}`;
  const after = `+${getCount(hunk, "newStart")},${getCount(hunk, "newLines")}`;
  return [`@@ ${before} ${after} @@`, ...getStrings(hunk, "lines")].join("\n");
}
