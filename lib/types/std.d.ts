// The npm copies of the @std packages have no types. This file declares the functions that ccrun
// uses. Remove it when the packages come from JSR.

declare module "@std/assert" {
  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertAlmostEquals(
    actual: number,
    expected: number,
    tolerance?: number,
    message?: string,
  ): void;
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): void;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertInstanceOf<T>(
    actual: unknown,
    // deno-lint-ignore no-explicit-any -- any constructor is accepted, as in the original
    expectedType: new (...args: any[]) => T,
    msg?: string,
  ): asserts actual is T;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any -- any constructor is accepted, as in the original
    ErrorClass?: new (...args: any[]) => E,
    msgIncludes?: string,
  ): E;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any -- any constructor is accepted, as in the original
    ErrorClass?: new (...args: any[]) => E,
    msgIncludes?: string,
  ): Promise<E>;
}

declare module "@std/fmt/bytes" {
  /** Formats a number of bytes: `1337` becomes `1.34 kB`. */
  export function format(num: number): string;
}

declare module "@std/streams/text-line-stream" {
  /** Splits text into lines at `\n` and `\r\n`, which are removed. */
  export class TextLineStream extends TransformStream<string, string> {}
}

declare module "@std/text/closest-string" {
  /** Returns the most similar of `possibleWords`. Throws if there are none. */
  export function closestString(givenWord: string, possibleWords: readonly string[]): string;
}

declare module "@std/text/levenshtein-distance" {
  /** Returns the number of single-character edits between two strings. */
  export function levenshteinDistance(str1: string, str2: string): number;
}

declare module "@std/path/basename" {
  export function basename(path: string): string;
}

declare module "@std/path/dirname" {
  export function dirname(path: string): string;
}

declare module "@std/path/join" {
  export function join(path: string, ...paths: string[]): string;
}

declare module "@std/path/resolve" {
  export function resolve(...pathSegments: string[]): string;
}

declare module "@std/async/deadline" {
  /** Rejects with a `TimeoutError` if `promise` does not settle within `ms`. */
  export function deadline<T>(promise: Promise<T>, ms: number): Promise<T>;
}

declare module "@std/async/delay" {
  export interface DelayOptions {
    /** Rejects the promise with the reason of the signal. */
    signal?: AbortSignal;
  }
  export function delay(ms: number, options?: DelayOptions): Promise<void>;
}

declare module "@std/async/pool" {
  /** Maps values with a limit of concurrent calls. The results keep the order of the values. */
  export function pooledMap<T, R>(
    poolLimit: number,
    array: Iterable<T> | AsyncIterable<T>,
    iteratorFn: (data: T) => Promise<R>,
  ): AsyncIterableIterator<R>;
}

declare module "@std/bytes/concat" {
  export function concat(buffers: readonly Uint8Array[]): Uint8Array<ArrayBuffer>;
}

declare module "@std/cli/parse-args" {
  export interface ParseOptions {
    /** Options that can be repeated. */
    collect?: readonly string[];
    /** Options whose values are not converted to numbers; `_` for the positional arguments. */
    string?: readonly string[];
  }
  export interface ParsedArgs {
    /** The positional arguments. */
    _: string[];
    [name: string]: unknown;
  }
  export function parseArgs(args: readonly string[], options?: ParseOptions): ParsedArgs;
}

declare module "@std/streams/to-text" {
  export function toText(
    stream: ReadableStream<string> | ReadableStream<Uint8Array>,
  ): Promise<string>;
}
