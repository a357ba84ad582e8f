import { stringifySafe } from "../../util/safe_json.ts";

/** Returns the texts of one JSON array with an item on each line, for both jq and grep. */
export async function* jsonArray(
  items: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<string> {
  let isEmpty = true;
  for await (const item of items) {
    yield `${isEmpty ? "[" : ","}\n${stringifySafe(item)}`;
    isEmpty = false;
  }
  yield isEmpty ? "[]\n" : "\n]\n";
}
