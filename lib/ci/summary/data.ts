import type { EventOf } from "../../events.ts";
import type { ToolOutputKind } from "../../claude/tools.ts";
import type { PathContext } from "../../util/display_path.ts";
import type { LastText } from "../../util/last_text.ts";
import type { ToolCallState } from "../../util/tool_call_state.ts";
import type { Note } from "./notes.ts";

/** A tool call. */
export interface SummaryCall {
  readonly id: string;
  readonly name: string;
  /** The argument that identifies the call; may be empty. */
  readonly argument: string;
  /** An excerpt of what the call is about, such as a plan; may be empty. */
  readonly details: string;
  readonly outputKind: ToolOutputKind;
  state: ToolCallState;
  durationMs: number | null;
  /** An excerpt of the output, or the reason of a denial. */
  output: string;
}

/** A row in the table of steps. */
export interface SummaryRow {
  /** A tool call, or the first line of a text. */
  step: SummaryCall | string;
  /** The message of a text; absent if the step is a tool call. */
  readonly messageId?: string;
  /** Whether a subagent made the step. */
  readonly isNested: boolean;
}

/** The data of a page. */
export interface SummaryData {
  rows: SummaryRow[];
  /** The number of rows that are missing after the first {@linkcode KEPT_FIRST_ROWS}. */
  omittedRows: number;
  readonly notes: (Note & { count: number })[];
  omittedNotes: number;
  readonly counts: Record<"all" | ToolCallState, number>;
  paths: PathContext;
  start?: EventOf<"start">;
  session?: EventOf<"session_info">;
  /** The pages of published changes, for example of pull requests, the last one first. */
  readonly changes: string[];
  /** The last text of the main agent. */
  readonly lastText: LastText;
  result?: EventOf<"result">;
  /** The text before the result; absent if the result is a failure. */
  answerRow?: SummaryRow | undefined;
  error?: EventOf<"error">;
  exit?: EventOf<"exit">;
}

/** The number of rows that are kept from the beginning of a run. The others are the last ones. */
export const KEPT_FIRST_ROWS = 20;
