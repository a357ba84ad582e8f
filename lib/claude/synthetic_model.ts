/** The model of messages that Claude Code writes itself. */
export const SYNTHETIC_MODEL = "<synthetic>";
