import { detach, sliceEnd, sliceStart } from "../../util/truncate.ts";

/** The lengths that are kept from the beginning and the end of a text. */
const HEAD_LENGTH = 2_000;
const TAIL_LENGTH = 2_000;

/** Returns the beginning and the end of a text, such as the output of a tool. */
export function excerpt(text: string): string {
  const omitted = text.length - HEAD_LENGTH - TAIL_LENGTH;
  if (omitted <= 0) return detach(text);
  const count = omitted.toLocaleString("en-US");
  return detach(
    `${sliceStart(text, HEAD_LENGTH)}\n… ${count} characters omitted …\n${
      sliceEnd(text, TAIL_LENGTH)
    }`,
  );
}
