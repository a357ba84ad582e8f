import { fieldNames, fieldOf, type TaskError, type TaskFields } from "./fields.ts";

/** The values that an option takes in a task: one text, true or false, or a list of texts. */
export type OptionKind = "text" | "switch" | "list";

/** The options that a task can set, by name, such as `max-turns`. */
export type OptionKinds = ReadonlyMap<string, OptionKind>;

const EXPECTED: { readonly [K in OptionKind]: string } = {
  text: "a text or a number",
  switch: "true or false",
  list: "a list of texts",
};

/** Returns the name of the option that a field can set: `max-turns` for `max_turns`. */
export function optionName(field: string): string {
  return field.replaceAll("_", "-");
}

/**
 * Returns the options among the fields of a task, with values as on a command line.
 *
 * @throws {CcrunError} `usage` if a value has the wrong type, or if two fields set the same option
 */
export function taskOptions(
  fields: TaskFields,
  kinds: OptionKinds,
  taskError: TaskError,
): ReadonlyMap<string, readonly string[]> {
  const options = new Map<string, readonly string[]>();
  for (const field of fieldNames(fields)) {
    const name = optionName(field);
    const kind = kinds.get(name);
    if (kind === undefined) continue;
    if (options.has(name)) throw taskError(`${field} is set twice`, "remove one of the fields");
    const values = VALUES[kind](fieldOf(fields, field));
    if (values === undefined) throw taskError(`${field} must be ${EXPECTED[kind]}`);
    if (values.some((text) => text.includes("\0"))) {
      throw taskError(`${field} contains a NUL character`, "remove it");
    }
    options.set(name, values);
  }
  return options;
}

/** Returns the values of an option as on a command line, or undefined if `value` has the wrong type. */
const VALUES: { readonly [K in OptionKind]: (value: unknown) => string[] | undefined } = {
  text(value) {
    return typeof value === "string" || typeof value === "number" ? [String(value)] : undefined;
  },
  switch(value) {
    return typeof value === "boolean" ? [value ? "1" : "0"] : undefined;
  },
  list(value) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    return values.every((each) => typeof each === "string") ? values : undefined;
  },
};
