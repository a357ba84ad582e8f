import type { EventOf, McpServer, RunEvent } from "../events.ts";

/** Returns how serious the problem is that an event reports; undefined if it reports none. */
export function problemLevel(event: RunEvent): "warning" | "error" | undefined {
  switch (event.type) {
    case "session_info":
      return brokenServers(event).length > 0 ? "warning" : undefined;
    case "retry":
    case "waiting":
      return "warning";
    case "rate_limit":
      if (event.status === "allowed") return undefined;
      return event.status === "rejected" ? "error" : "warning";
    case "task":
      if (event.status === "failed") return "error";
      return event.status === "stopped" ? "warning" : undefined;
    case "notice":
      return event.level === "info" ? undefined : event.level;
    default:
      return undefined;
  }
}

/** Returns the MCP servers whose tools are missing. */
export function brokenServers(
  { mcp_servers: servers = [] }: EventOf<"session_info">,
): readonly McpServer[] {
  return servers.filter(({ status }) => status === "failed" || status === "needs-auth");
}
