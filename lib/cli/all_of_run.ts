/**
 * All that a run loads on its way, at once.
 *
 * @module
 */

import "../claude/explain.ts";
import "../claude/failure_kinds.ts";
import "../claude/impostor.ts";
import "../claude/normalizer.ts";
import "../ending.ts";
import "../left_behind.ts";
import "../output/problems.ts";
import "../output/progress.ts";
import "../stream/read_lines.ts";
import "./carry_out.ts";
import "./report_failure.ts";
import "./run_command.ts";
import "./show.ts";
