// @ts-check
import { fstatSync } from "node:fs";

/** Matches the path of an open file. zsh passes /proc/self/fd/12 or /dev/fd/12 for `<(command)`. */
const DESCRIPTOR = /\/(?:dev|proc\/self)\/fd\/(\d+)/g;

const STDERR = 2;

/**
 * Returns the open file descriptors, other than the standard streams, that are named in arguments.
 *
 * @param {readonly string[]} args
 */
export function openDescriptorsIn(args) {
  const matches = args.join("\n").matchAll(DESCRIPTOR);
  return Array.from(matches, ([, number]) => Number(number))
    .filter((descriptor) => descriptor > STDERR && isOpen(descriptor));
}

/** @param {number} descriptor */
function isOpen(descriptor) {
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}
