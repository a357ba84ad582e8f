/**
 * All that a run loads on its way, at once.
 *
 * @module
 */

import "../output/problems.ts";
import "../output/progress.ts";
import "../while_it_starts.ts";
import "./carry_out.ts";
import "./report_failure.ts";
import "./run_command.ts";
import "./show.ts";
