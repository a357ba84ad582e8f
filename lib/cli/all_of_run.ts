/**
 * All that a run loads on its way, at once.
 *
 * @module
 */

import "../claude/failures.ts";
import "../claude/api_errors.ts";
import "../run/not_claude.ts";
import "../claude/normalizer.ts";
import "../run/final_events.ts";
import "../run/leftover_notices.ts";
import "../render/problems.ts";
import "../render/pretty/progress.ts";
import "../stream/read_lines.ts";
import "./dispatch.ts";
import "./early_failure.ts";
import "./commands/run.ts";
import "./run_renderer.ts";
