import { excerpt } from "../../render/markdown/excerpt.ts";
import { detach } from "../../util/truncate.ts";

const MAX_LENGTH = 4_000;

/** Returns what is kept of a text, such as the output of a tool: its beginning and its end. */
export function keptExcerpt(text: string): string {
  return detach(excerpt(text, MAX_LENGTH));
}
