// @ts-check
import { basename } from "node:path";
import process from "node:process";
import { openDescriptorsIn } from "./descriptors.js";
import { cannotExecute } from "./problems.js";
import { runAsChild } from "./run_as_child.js";

/** Node stops ignoring signals when it starts, so that a shell must ignore them again. */
const IGNORE_HANGUP = `trap "" HUP; exec "$@"`;

/**
 * Runs the binary, as it would run without Node.
 *
 * @param {string} path
 * @param {readonly string[]} args
 */
export function runBinary(path, args) {
  const descriptors = openDescriptorsIn(args);
  if (startedByNohup()) {
    run("/bin/sh", ["-c", IGNORE_HANGUP, "sh", path, ...args], descriptors);
  } else {
    run(path, args, descriptors);
  }
}

/** Returns whether `nohup` started Node. bash and zsh set `_` to the command that they execute. */
function startedByNohup() {
  return basename(process.env["_"] ?? "") === "nohup";
}

/**
 * Replaces this process by a program, or runs it as a child if Node cannot do that.
 *
 * @param {string} path
 * @param {readonly string[]} args
 * @param {readonly number[]} descriptors further file descriptors, which only a child can inherit
 */
function run(path, args, descriptors) {
  if (process.execve === undefined || descriptors.length > 0) {
    return runAsChild(path, args, descriptors);
  }
  try {
    process.execve(path, [path, ...args]);
  } catch (error) {
    throw cannotExecute(path, error);
  }
}
