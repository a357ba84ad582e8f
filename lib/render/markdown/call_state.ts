import { joinTexts } from "../../util/join_texts.ts";
import { STATE_WORDS, type ToolCallState } from "../../util/tool_call_state.ts";
import { formatToolDuration } from "../../util/units.ts";

const MARKS: { readonly [S in ToolCallState]: string } = {
  running: "⏳",
  done: "✅",
  failed: "❌",
  denied: "🚫",
  interrupted: "⏹️",
};

/** Returns how a call ended, and how long a slow one took. */
export function renderState(state: ToolCallState, durationMs: number | null): string {
  return joinTexts([MARKS[state], STATE_WORDS[state], formatToolDuration(durationMs)], " ");
}
