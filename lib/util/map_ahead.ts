/**
 * Maps items in their order, several at a time. When the caller stops, no further item is started.
 *
 * @param maxRunning how many items are mapped at a time
 *
 * @example
 * ```ts
 * import { mapAhead } from "./map_ahead.ts";
 *
 * const squares = mapAhead([1, 2, 3], 2, async (number) => await Promise.resolve(number ** 2));
 * console.log(await Array.fromAsync(squares)); // [1, 4, 9]
 * ```
 */
export async function* mapAhead<T, R>(
  items: Iterable<T>,
  maxRunning: number,
  map: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for (const item of items) {
    const result = map(item);
    result.catch(() => {}); // It may fail after the caller has stopped.
    running.push(result);
    if (running.length === maxRunning) yield running.shift()!;
  }
  yield* running;
}
