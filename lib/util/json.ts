/** Returns the object that `text` is as JSON, or undefined if it is none. */
export function parseJsonObject(text: string): { [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? value as { [key: string]: unknown } : undefined;
  } catch {
    return undefined;
  }
}
