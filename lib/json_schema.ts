/**
 * A few words to describe JSON values once and get both of what is needed from
 * the one description: the TypeScript type and the JSON Schema (2020-12).
 *
 * @example
 * ```ts
 * import { integer, type InferObject, objectSchema, optional, string } from "./json_schema.ts";
 *
 * const fields = { name: string("who"), age: optional(integer("in years")) };
 * type Person = InferObject<typeof fields>; // { name: string; age?: number }
 * const person: Person = { name: "Ada" };
 * console.log(person, objectSchema(fields));
 * ```
 *
 * @module
 */

/** A JSON Schema, or a part of one. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** One field's description. `T` is its TypeScript type; `Optional` says that it may be absent. */
export interface Field<T, Optional extends boolean = boolean> {
  /** Its JSON Schema. */
  readonly schema: JsonSchema;
  /** Whether it may be absent. */
  readonly optional: Optional;
  /** Never set: carries `T` for the compiler. */
  readonly value?: T;
}

/** Descriptions by field name. */
export type Fields = { readonly [name: string]: Field<unknown> };

type ValueOf<F> = F extends Field<infer T> ? T : never;
type RequiredNames<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<unknown, true> ? never : K;
}[keyof F];
type OptionalNames<F extends Fields> = Exclude<keyof F, RequiredNames<F>>;

/** The TypeScript type of an object with these fields. */
export type InferObject<F extends Fields> =
  & { [K in RequiredNames<F>]: ValueOf<F[K]> }
  & { [K in OptionalNames<F>]?: ValueOf<F[K]> };

function required<T>(schema: JsonSchema): Field<T, false> {
  return { schema, optional: false };
}

/** Text. */
export function string(
  description: string,
  format?: string,
): Field<string, false> {
  return required({
    type: "string",
    description,
    ...(format ? { format } : {}),
  });
}

/** A number, also a fraction. */
export function number(description: string): Field<number, false> {
  return required({ type: "number", description });
}

/** A whole number from 0. */
export function integer(description: string): Field<number, false> {
  return required({ type: "integer", minimum: 0, description });
}

/** True or false. */
export function boolean(description: string): Field<boolean, false> {
  return required({ type: "boolean", description });
}

/** Exactly one of these words. */
export function oneOf<const T extends string>(
  values: readonly T[],
  description: string,
): Field<T, false> {
  return required({ enum: values, description });
}

/** Any JSON value; what is in it carries no promise. */
export function json(description: string): Field<unknown, false> {
  return required({ description });
}

/** An object with any content; what is in it carries no promise. */
export function record(
  description: string,
): Field<{ [key: string]: unknown }, false> {
  return required({ type: "object", description });
}

/** A list. */
export function array<T>(
  item: Field<T>,
  description: string,
): Field<T[], false> {
  return required({ type: "array", items: item.schema, description });
}

/** A map from any key to values of one kind. */
export function map<T>(
  item: Field<T>,
  description: string,
): Field<{ [key: string]: T }, false> {
  return required({
    type: "object",
    additionalProperties: item.schema,
    description,
  });
}

/** An object of known fields. */
export function object<F extends Fields>(
  fields: F,
  description: string,
): Field<InferObject<F>, false> {
  return required({ ...objectSchema(fields), description });
}

/** The value may be null, which is said where it is not known. */
export function nullable<T>(field: Field<T>): Field<T | null, false> {
  const { description, ...schema } = field.schema;
  return required({ anyOf: [schema, { type: "null" }], description });
}

/** The field may be absent. */
export function optional<T>(field: Field<T>): Field<T, true> {
  return { schema: field.schema, optional: true };
}

/** The JSON Schema of an object with these fields. Fields it does not name are allowed. */
export function objectSchema(fields: Fields): JsonSchema {
  const entries = Object.entries(fields);
  return {
    type: "object",
    properties: Object.fromEntries(
      entries.map(([name, field]) => [name, field.schema]),
    ),
    required: entries.filter(([, field]) => !field.optional).map(([name]) => name),
  };
}

/**
 * Whether a value is as a schema of this module says. Fields that the schema does not name are
 * allowed, as it says itself.
 *
 * @example
 * ```ts
 * import { matches, integer, objectSchema } from "./json_schema.ts";
 *
 * const schema = objectSchema({ age: integer("in years") });
 * console.log(matches({ age: 36 }, schema), matches({ age: "36" }, schema)); // true false
 * ```
 */
export function matches(value: unknown, schema: JsonSchema): boolean {
  const { enum: words, anyOf, minimum, items, properties, required, additionalProperties } = schema;
  if (Array.isArray(words)) return words.includes(value);
  if (Array.isArray(anyOf)) return anyOf.some((part: JsonSchema) => matches(value, part));
  if (!hasType(value, schema["type"])) return false;
  if (typeof minimum === "number" && (value as number) < minimum) return false;
  if (items !== undefined) {
    return (value as unknown[]).every((item) => matches(item, items as JsonSchema));
  }
  const object = value as { readonly [name: string]: unknown };
  if (Array.isArray(required) && !required.every((name) => Object.hasOwn(object, name))) {
    return false;
  }
  const known = Object.entries((properties ?? {}) as { [name: string]: JsonSchema });
  if (!known.every(([name, of]) => !Object.hasOwn(object, name) || matches(object[name], of))) {
    return false;
  }
  return additionalProperties === undefined ||
    Object.values(object).every((entry) => matches(entry, additionalProperties as JsonSchema));
}

function hasType(value: unknown, type: unknown): boolean {
  switch (type) {
    case undefined:
      return true;
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "number":
      return Number.isFinite(value);
    case "boolean":
      return typeof value === "boolean";
    case "string":
      return typeof value === "string";
  }
  return false;
}
