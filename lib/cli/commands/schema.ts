import { eventSchema } from "../../json_schema.ts";
import { serveSchema } from "../../serve/schema.ts";
import { usageError } from "../usage_error.ts";

/**
 * Returns what `ccrun schema` prints.
 *
 * @throws {CcrunError} `usage` unless the arguments are `serve`, or none
 */
export function schemaText(names: readonly string[]): string {
  const [name] = names;
  if (names.length > 1 || name !== undefined && name !== "serve") {
    throw usageError(
      `no schema of ${names.join(" ")}`,
      "use ccrun schema, or ccrun schema serve; to send it as a prompt: ccrun run schema ...",
    );
  }
  return `${JSON.stringify(name === "serve" ? serveSchema() : eventSchema(), null, 2)}\n`;
}
