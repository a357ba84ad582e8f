#!/usr/bin/env node
// @ts-check
// Runs the compiled ccrun in the npm package for this platform.
import process from "node:process";
import { findBinary } from "../lib/find_binary.js";
import { report } from "../lib/launcher_error.js";
import { runBinary } from "../lib/run_binary.js";

try {
  runBinary(findBinary(), process.argv.slice(2));
} catch (error) {
  report(error);
}
