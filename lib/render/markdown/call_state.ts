import { joinTexts } from "../../util/join_texts.ts";
import type { ToolCallState } from "../../util/tool_call_state.ts";
import { formatToolDuration } from "../../util/units.ts";

/** The mark and the word for each state of a call. */
export const STATES: Readonly<Record<ToolCallState, { mark: string; word: string }>> = {
  running: { mark: "⏳", word: "no result" },
  done: { mark: "✅", word: "" },
  failed: { mark: "❌", word: "failed" },
  denied: { mark: "🚫", word: "denied" },
  interrupted: { mark: "⏹️", word: "interrupted" },
};

/** Returns how a call ended, and how long a slow one took. */
export function renderState(state: ToolCallState, durationMs: number | null): string {
  const { mark, word } = STATES[state];
  return joinTexts([mark, word, formatToolDuration(durationMs)], " ");
}
