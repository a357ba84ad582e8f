import { createHash } from "node:crypto";

/**
 * Returns the SHA-256 of the id of a task in hex. Names of files and the shards of tasks depend on it, so
 * it must never change.
 */
export function idHash(id: string): string {
  // Web Crypto is asynchronous.
  return createHash("sha256").update(id).digest("hex");
}
