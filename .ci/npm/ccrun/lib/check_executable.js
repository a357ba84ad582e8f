// @ts-check
import { Buffer } from "node:buffer";
import { accessSync, closeSync, constants, openSync, readSync } from "node:fs";
import { damaged, notPermitted } from "./problems.js";

/** The first bytes of an executable in hexadecimal: ELF, and Mach-O for 64 bits. */
const MAGIC_NUMBERS = ["7f454c46", "cffaedfe"];

/**
 * Fails if a file cannot be executed. `process.execve` would end Node with a stack trace, and the
 * shell would run an empty file successfully.
 *
 * @param {string} path
 */
export function checkExecutable(path) {
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
  } catch {
    throw notPermitted(path);
  }
  if (!MAGIC_NUMBERS.includes(firstBytes(path))) throw damaged(path);
}

/** @param {string} path */
function firstBytes(path) {
  const bytes = Buffer.alloc(4);
  const file = openSync(path, "r");
  readSync(file, bytes);
  closeSync(file);
  return bytes.toString("hex");
}
