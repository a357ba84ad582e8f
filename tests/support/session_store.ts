import { sessionFolder, userLine } from "./session_files.ts";
import type { JsonObject } from "./json.ts";

/** How many workspaces a store has. */
const WORKSPACES = 20;

/** Writes a store of sessions with 10 messages each, which cost $0.10. */
export async function writeStore(home: string, sessions: number): Promise<void> {
  for (let workspace = 0; workspace < WORKSPACES; workspace++) {
    await Deno.mkdir(folderOf(home, workspace), { recursive: true });
  }
  for (let session = 0; session < sessions; session++) {
    const workspace = session % WORKSPACES;
    const path = `${folderOf(home, workspace)}/${crypto.randomUUID()}.jsonl`;
    await Deno.writeTextFile(path, sessionText(session, workspace));
  }
}

function folderOf(home: string, workspace: number): string {
  return sessionFolder({ home, cwd: `/home/me/${workspace}` });
}

function sessionText(session: number, workspace: number): string {
  const lines: JsonObject[] = [];
  for (let message = 0; message < 10; message++) {
    lines.push(
      userLine(`Prompt ${message} ${"x".repeat(200)}`, { cwd: `/home/me/${workspace}` }),
      messageLine(`msg_${session}_${message}`, "y".repeat(500)),
      { type: "file-history-snapshot", snapshot: "z".repeat(300) },
    );
  }
  const modelUsage = { opus: { outputTokens: 100, costUSD: 0.1 } };
  lines.push({ type: "cost-state", totalCostUSD: 0.1, modelUsage, hasUnknownModelCost: false });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** Returns a message of the model with 100 tokens of input and 10 of output. */
export function messageLine(id: string, text: string): JsonObject {
  return {
    message: {
      id,
      type: "message",
      role: "assistant",
      model: "opus",
      content: [{ type: "text", text }],
      usage: { input_tokens: 100, output_tokens: 10 },
    },
    type: "assistant",
    timestamp: "2026-11-20T10:00:00.000Z",
  };
}
