/**
 * Builds JSON Schemas that the compiler compares with types: a missing or additional field, a wrong type,
 * and a wrong `optional()` are errors.
 *
 * @module
 */

/** A JSON Schema, or a part of one. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** The schema of a value of type `T`. An optional one can be absent. */
export interface Schema<T, IsOptional extends boolean = false> {
  readonly json: JsonSchema;
  readonly isOptional: IsOptional;
  /** Never set. Without it the compiler would not compare `T`. */
  readonly type?: (value: T) => T;
}

/** The schemas of the fields of an object of type `T`. */
export type FieldsOf<T> = {
  readonly [K in keyof T]-?: Record<never, never> extends Pick<T, K>
    ? Schema<Exclude<T[K], undefined>, true>
    : Schema<T[K]>;
};

/** The schemas of any fields. */
export interface Fields {
  readonly [name: string]: Pick<Schema<unknown, boolean>, "json" | "isOptional">;
}

function schema<T>(json: JsonSchema): Schema<T> {
  return { json, isOptional: false };
}

export function string(description: string, format?: string): Schema<string> {
  return schema({ type: "string", description, ...(format ? { format } : {}) });
}

export function number(description: string): Schema<number> {
  return schema({ type: "number", description });
}

/** Describes an integer that is not negative. */
export function integer(description: string): Schema<number> {
  return schema({ type: "integer", minimum: 0, description });
}

export function boolean(description: string): Schema<boolean> {
  return schema({ type: "boolean", description });
}

/** Describes a value that is always the same. */
export function constant<T extends string>(value: T): Schema<T> {
  return schema({ const: value });
}

export function oneOf<T extends string>(values: readonly T[], description: string): Schema<T> {
  return schema({ enum: values, description });
}

/** Describes any JSON value. */
export function json(description: string): Schema<unknown> {
  return schema({ description });
}

/** Describes an object with any content. */
export function record(description: string): Schema<{ [key: string]: unknown }> {
  return schema({ type: "object", description });
}

export function array<T>(item: Schema<T>, description: string): Schema<T[]> {
  return schema({ type: "array", items: item.json, description });
}

/** Describes an object that has any keys, and values of one type. */
export function map<T>(
  value: Schema<T>,
  description: string,
): Schema<{ [key: string]: T }> {
  return schema({ type: "object", additionalProperties: value.json, description });
}

export function object<T>(fields: FieldsOf<T>, description: string): Schema<T> {
  return schema({ ...objectJson(fields), description });
}

export function nullable<T>(value: Schema<T>): Schema<T | null> {
  const { description, ...json } = value.json;
  return schema({ anyOf: [json, { type: "null" }], description });
}

export function optional<T>(field: Schema<T>): Schema<T, true> {
  return { json: field.json, isOptional: true };
}

/** Returns the schema of an object. Additional fields are allowed. */
export function objectJson(fields: Fields): JsonSchema {
  const entries = Object.entries(fields);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, { json }]) => [name, json])),
    required: entries.filter(([, { isOptional }]) => !isOptional).map(([name]) => name),
  };
}
