import type { EventBody } from "../events.ts";
import { truncateList } from "../util/truncate.ts";
import { formatCount } from "../util/units.ts";
import { permissionHint } from "./permission_hint.ts";
import type { DeniedCall, RunState } from "./run_state.ts";

/** How many denied calls are named; more are counted. */
const MAX_NAMED = 20;

/** Returns the notice that lists the denied calls and what would allow each, if there are any. */
export function denialNotice({ deniedCalls, cwd }: RunState): EventBody<"notice"> | undefined {
  if (deniedCalls.size === 0) return undefined;
  const hints = new Set([...deniedCalls.values()].map((call) => denialHint(call, cwd)));
  const named = truncateList([...hints], MAX_NAMED);
  const count = formatCount(deniedCalls.size, "tool call");
  const them = deniedCalls.size === 1 ? "it" : "them";
  const text = `${count} denied. To allow ${them}: ${named}`;
  return { type: "notice", level: "warning", kind: "denied", text };
}

function denialHint(
  { name, input = {}, isHookDenial }: DeniedCall,
  cwd: string | undefined,
): string {
  return isHookDenial
    ? `${name}: a hook denied it; see the hooks in the settings`
    : permissionHint(name, input, cwd);
}
