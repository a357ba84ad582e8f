import { batchSchema, resultsSchema } from "../../batch/schema.ts";
import { eventSchema } from "../../json_schema.ts";
import { serveSchema } from "../../serve/schema.ts";
import type { JsonSchema } from "../../util/typed_schema.ts";
import { SCHEMA_NAMES, type SchemaName } from "../commands.ts";
import { usageError } from "../usage_error.ts";

const SCHEMAS: { readonly [N in SchemaName]: () => JsonSchema } = {
  serve: serveSchema,
  batch: batchSchema,
  results: resultsSchema,
};

/**
 * Returns what `ccrun schema` prints.
 *
 * @throws {CcrunError} `usage` unless the arguments are the name of a schema, or none
 */
export function schemaText(args: readonly string[]): string {
  const name = SCHEMA_NAMES.find((name) => name === args[0]);
  if (args.length > 1 || args.length === 1 && name === undefined) {
    throw usageError(
      `no schema of ${args.join(" ")}`,
      "use ccrun schema, or ccrun schema serve, batch or results; " +
        "to send it as a prompt: ccrun run schema ...",
    );
  }
  const schema = name === undefined ? eventSchema() : SCHEMAS[name]();
  return `${JSON.stringify(schema, null, 2)}\n`;
}
