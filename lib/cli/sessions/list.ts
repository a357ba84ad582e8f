import { detailsOf, type SessionDetails } from "../../claude/sessions/session_reader.ts";
import { getNumber } from "../command_line.ts";
import { jsonArray } from "./json_array.ts";
import type { SessionSource } from "./session_source.ts";
import { createRedact, type SessionsTask } from "./sessions_task.ts";
import {
  sessionRow,
  sessionsHeading,
  shortestUniquePrefixLength,
  type TableLayout,
} from "./sessions_table.ts";

/** Returns the list of the sessions, newest first, each as soon as it is read. */
export async function* listTexts(task: SessionsTask): AsyncGenerator<string> {
  const { options, source } = task;
  const sessions = readDetails(task);
  if (options.has("json")) {
    yield* jsonArray(withoutWorkspaces(sessions, source));
    return;
  }
  const redact = await createRedact(task);
  const layout = tableLayout(task);
  let hasHeading = layout.columns === undefined;
  for await (const session of sessions) {
    if (!hasHeading) yield sessionsHeading(layout);
    hasHeading = true;
    yield sessionRow({
      ...session,
      prompt: redact(session.prompt),
      title: session.title && redact(session.title),
      workspace: session.workspace && redact(session.workspace),
    }, layout);
  }
}

async function* readDetails(
  { options, source, signal }: SessionsTask,
): AsyncGenerator<SessionDetails> {
  const limit = getNumber(options, "limit") ?? Infinity;
  let count = 0;
  for await (const session of source.read(source.files, signal)) {
    yield detailsOf(session);
    if (++count === limit) return;
  }
}

/** Leaves out the workspaces if all sessions are from the same one. */
async function* withoutWorkspaces(
  sessions: AsyncIterable<SessionDetails>,
  { cwd }: SessionSource,
): AsyncGenerator<unknown> {
  for await (const { workspace, ...session } of sessions) {
    yield cwd === undefined ? { ...session, workspace } : session;
  }
}

function tableLayout({ host, source }: SessionsTask): TableLayout {
  const { cwd, files, home } = source;
  const columns = host.isTerminal.stdout ? host.columns() : undefined;
  const idLength = columns && shortestUniquePrefixLength(files.map(({ id }) => id));
  return { columns, idLength, home, hasWorkspaces: cwd === undefined };
}
