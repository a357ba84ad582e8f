import { stringifySafe } from "./safe_json.ts";

/** Returns indented JSON, or JSON on one line if the value is nested too deeply to indent it. */
export function formatJson(value: unknown): string {
  try {
    return JSON.stringify(value, null, 2);
  } catch {
    return stringifySafe(value);
  }
}
