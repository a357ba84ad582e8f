// @ts-check
import { spawn } from "node:child_process";
import { constants } from "node:os";
import process from "node:process";
import { report } from "./launcher_error.js";
import { cannotExecute } from "./problems.js";

/** The signals that stop a run. */
const STOP_SIGNALS = /** @type {const} */ (["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"]);

/**
 * Runs the binary as a child, forwards signals to it, and ends as it ends.
 *
 * @param {string} path
 * @param {readonly string[]} args
 * @param {readonly number[]} descriptors further file descriptors that it inherits
 */
export function runAsChild(path, args, descriptors) {
  for (const signal of STOP_SIGNALS) process.on(signal, () => child.kill(signal));
  const child = spawn(path, args, {
    stdio: inherited([0, 1, 2, ...descriptors]),
    // A terminal sends Ctrl-C to the child, too. With this variable, ccrun counts both once.
    env: { ...process.env, CCRUN_FORWARDER: "npm" },
  });
  child.on("error", (error) => report(cannotExecute(path, error)));
  if (child.pid === undefined) return;
  const guard = startGuard(child.pid);
  child.on("exit", (code, signal) => {
    guard.kill("SIGKILL");
    if (signal === null) process.exit(code ?? undefined);
    else dieOf(signal);
  });
}

/** @param {readonly number[]} descriptors */
function inherited(descriptors) {
  const length = Math.max(...descriptors) + 1;
  return Array.from({ length }, (_, number) => descriptors.includes(number) ? number : "ignore");
}

/**
 * Starts a shell that stops the child if this process is killed. The shell then reads the end of its
 * stdin. It has its own session, so that signals of the terminal do not reach it.
 *
 * @param {number} pid
 */
function startGuard(pid) {
  const guard = spawn("/bin/sh", ["-c", 'read -r line || kill -s TERM "$1"', "sh", String(pid)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  guard.on("error", () => {}); // The child also runs without it.
  return guard;
}

/** @param {NodeJS.Signals} signal */
function dieOf(signal) {
  // The first process of a container does not die of a signal.
  process.exitCode = 128 + constants.signals[signal];
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
