import type { EventOf } from "../events.ts";

/** Whether a tool call is running, or how it ended. */
export type ToolCallState = "running" | "done" | "failed" | "denied" | "interrupted";

/** The words for the states. A call that is done needs none. */
export const STATE_WORDS: { readonly [S in ToolCallState]: string } = {
  running: "no result",
  done: "",
  failed: "failed",
  denied: "denied",
  interrupted: "interrupted",
};

/** Returns how a call ended according to its result. A tool that was stopped with the run has not failed. */
export function resultState(event: EventOf<"tool_result">): "done" | "failed" | "interrupted" {
  if (!event.is_error) return "done";
  return event.interrupted ? "interrupted" : "failed";
}
