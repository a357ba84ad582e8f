/** What a field may consist of. A blank or a line break in it would be read as another field or order. */
const FIELD = /^[0-9A-Za-z.:]+$/;

/**
 * Returns an order to a guardian as a line.
 *
 * @throws {TypeError} if a field contains anything but letters, digits, periods and colons
 *
 * @example
 * ```ts
 * import { encodeOrder, pidField } from "./guardian_order.ts";
 *
 * console.log(encodeOrder("root", pidField(4102))); // "root 4102\n"
 * ```
 */
export function encodeOrder(...fields: readonly string[]): string {
  for (const field of fields) {
    if (!FIELD.test(field)) throw new TypeError(`invalid field: ${JSON.stringify(field)}`);
  }
  return `${fields.join(" ")}\n`;
}

/** Returns a process id as a field. @throws {TypeError} if it is not a positive integer */
export function pidField(pid: number): string {
  if (!Number.isSafeInteger(pid) || pid <= 0) throw new TypeError(`invalid process id: ${pid}`);
  return String(pid);
}

/**
 * Returns a duration as a field: seconds without an exponent.
 *
 * @param ms in milliseconds
 * @throws {TypeError} if it is negative or not finite
 */
export function secondsField(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) throw new TypeError(`invalid duration: ${ms}`);
  return String(Math.ceil(ms) / 1000);
}

/** Returns a run token as a field. @throws {TypeError} if it is not hexadecimal */
export function tokenField(token: string): string {
  if (!/^[0-9a-f]+$/.test(token)) throw new TypeError("invalid run token");
  return token;
}
