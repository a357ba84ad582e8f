const NOTIFICATION = /^\s*<task-notification>/;

/** How a background task ended. */
export interface TaskEnd {
  readonly taskId: string;
  readonly toolUseId: string | undefined;
  readonly status: string | undefined;
  readonly summary: string | undefined;
}

/** Returns whether a text in the place of the user reports the end of a background task to the model. */
export function isTaskNotification(text: string): boolean {
  return NOTIFICATION.test(text);
}

/** Returns what a text reports about a background task; undefined if it is about something else. */
export function readTaskNotification(text: string): TaskEnd | undefined {
  const taskId = isTaskNotification(text) ? elementOf(text, "task-id") : undefined;
  if (taskId === undefined) return undefined;
  return {
    taskId,
    toolUseId: elementOf(text, "tool-use-id"),
    status: elementOf(text, "status"),
    summary: elementOf(text, "result") ?? elementOf(text, "summary"),
  };
}

/** Returns the text in an element. A pattern would read the whole text at each place that looks like one. */
function elementOf(text: string, name: string): string | undefined {
  const [open, close] = [`<${name}>`, `</${name}>`];
  const start = text.indexOf(open);
  const end = start === -1 ? -1 : text.indexOf(close, start);
  return end === -1 ? undefined : text.slice(start + open.length, end).trim();
}
