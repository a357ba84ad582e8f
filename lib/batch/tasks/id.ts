import { fieldOf, type TaskError, type TaskFields } from "./fields.ts";

/** The longest id of a task, in characters. */
const MAX_ID_LENGTH = 4096;

/**
 * Returns the id of a task: its field `id`, or else its line.
 *
 * @throws {CcrunError} `usage` if it is not a valid id
 */
export function readId(line: string, fields: TaskFields, taskError: TaskError): string {
  const given = fieldOf(fields, "id");
  if (given === undefined) return checkId(line, "the line", taskError);
  if (typeof given === "string") return checkId(given, "the id", taskError);
  // A larger number would be rounded, perhaps to the id of another task.
  if (typeof given === "number" && Math.abs(given) <= Number.MAX_SAFE_INTEGER) return String(given);
  throw taskError("the id must be a text", "put it in quotes");
}

function checkId(id: string, name: string, taskError: TaskError): string {
  if (id.trim() === "") throw taskError(`${name} is empty`, "give the task an id");
  if (id.includes("\0")) {
    throw taskError(`${name} contains a NUL character`, "separate tasks with newlines");
  }
  // All lone surrogates have the same hash.
  if (!id.isWellFormed()) throw taskError(`${name} is not valid Unicode`, "use another id");
  if (id.length <= MAX_ID_LENGTH) return id;
  throw taskError(
    `${name} has more than ${MAX_ID_LENGTH} characters, too many for an id`,
    'use {"id":"...","prompt":"..."} with a short id',
  );
}
