// The npm copies of the @std packages have no types. This file declares the functions that ccrun
// uses. Remove it when the packages come from JSR.

declare module "@std/assert" {
  export class AssertionError extends Error {}
  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertNotEquals<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  export function assertStrictEquals<T>(
    actual: unknown,
    expected: T,
    msg?: string,
  ): void;
  export function assertExists<T>(
    actual: T,
    msg?: string,
  ): asserts actual is NonNullable<T>;
  export function assertStringIncludes(
    actual: string,
    expected: string,
    msg?: string,
  ): void;
  export function assertMatch(
    actual: string,
    expected: RegExp,
    msg?: string,
  ): void;
  export function assertNotMatch(
    actual: string,
    expected: RegExp,
    msg?: string,
  ): void;
  export function assertObjectMatch(
    actual: Record<PropertyKey, unknown>,
    expected: Record<PropertyKey, unknown>,
    msg?: string,
  ): void;
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  export function assertLessOrEqual<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  export function assertGreaterOrEqual<T>(
    actual: T,
    expected: T,
    msg?: string,
  ): void;
  export function assertInstanceOf<T>(
    actual: unknown,
    // deno-lint-ignore no-explicit-any -- any constructor is accepted, as in the original
    expectedType: new (...args: any[]) => T,
    msg?: string,
  ): asserts actual is T;
  export function assertThrows(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any -- any constructor is accepted, as in the original
    ErrorClass?: new (...args: any[]) => Error,
    msgIncludes?: string,
  ): Error;
  export function assertRejects(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any -- any constructor is accepted, as in the original
    ErrorClass?: new (...args: any[]) => Error,
    msgIncludes?: string,
  ): Promise<Error>;
  export function fail(msg?: string): never;
}

declare module "@std/fmt/bytes" {
  export interface FormatOptions {
    bits?: boolean;
    binary?: boolean;
    signed?: boolean;
    locale?: boolean | string | string[];
    minimumFractionDigits?: number;
    maximumFractionDigits?: number;
  }
  /** Formats a number of bytes: `1337` becomes `1.34 kB`. */
  export function format(num: number, options?: FormatOptions): string;
}

declare module "@std/streams/text-line-stream" {
  export interface TextLineStreamOptions {
    /** Whether to split at a single carriage return, too. @default {false} */
    allowCR?: boolean;
  }
  /** Splits text into lines at `\n` and `\r\n`, which are removed. */
  export class TextLineStream extends TransformStream<string, string> {
    constructor(options?: TextLineStreamOptions);
  }
}

declare module "@std/text/closest-string" {
  /** Returns the most similar of `possibleWords`. Throws if there are none. */
  export function closestString(
    givenWord: string,
    possibleWords: readonly string[],
    options?: {
      caseSensitive?: boolean;
      compareFn?: (a: string, b: string) => number;
    },
  ): string;
}

declare module "@std/text/levenshtein-distance" {
  /** Returns the number of single-character edits between two strings. */
  export function levenshteinDistance(str1: string, str2: string): number;
}

declare module "@std/path/basename" {
  export function basename(path: string, suffix?: string): string;
}

declare module "@std/path/dirname" {
  export function dirname(path: string): string;
}

declare module "@std/path/is-absolute" {
  export function isAbsolute(path: string): boolean;
}

declare module "@std/path/join" {
  export function join(path: string, ...paths: string[]): string;
}

declare module "@std/path/resolve" {
  export function resolve(...pathSegments: string[]): string;
}

declare module "@std/async/deadline" {
  export interface DeadlineOptions {
    /** Rejects early when it is aborted. */
    signal?: AbortSignal;
  }
  /** Rejects with a `TimeoutError` if `promise` does not settle within `ms`. */
  export function deadline<T>(
    promise: Promise<T>,
    ms: number,
    options?: DeadlineOptions,
  ): Promise<T>;
}

declare module "@std/async/delay" {
  export interface DelayOptions {
    signal?: AbortSignal;
    /** Whether the timer keeps the program alive. @default {true} */
    persistent?: boolean;
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
    /** Whether to collect the arguments after `--` in the `--` field. @default {false} */
    "--"?: boolean;
    alias?: Record<string, string | readonly string[]>;
    boolean?: boolean | readonly string[];
    collect?: readonly string[];
    default?: Record<string, unknown>;
    negatable?: readonly string[];
    stopEarly?: boolean;
    string?: readonly string[];
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }
  export interface ParsedArgs {
    /** The positional arguments. */
    _: string[];
    /** The arguments after `--`, if they are collected. */
    "--"?: string[];
    [name: string]: unknown;
  }
  export function parseArgs(args: readonly string[], options?: ParseOptions): ParsedArgs;
}

declare module "@std/fmt/colors" {
  export function getColorEnabled(): boolean;
  export function setColorEnabled(value: boolean): void;
  /** Removes the escape sequences of colors and cursor movement. */
  export function stripAnsiCode(string: string): string;
  export function bold(str: string): string;
  export function dim(str: string): string;
  export function italic(str: string): string;
  export function red(str: string): string;
  export function green(str: string): string;
  export function yellow(str: string): string;
  export function blue(str: string): string;
  export function magenta(str: string): string;
  export function cyan(str: string): string;
  export function gray(str: string): string;
}

declare module "@std/fmt/duration" {
  export interface FormatOptions {
    style?: "narrow" | "digital" | "full";
    ignoreZero?: boolean;
  }
  /** Formats a duration in milliseconds: `99674` becomes `0d 0h 1m 39s 674ms 0µs 0ns`. */
  export function format(ms: number, options?: FormatOptions): string;
}

declare module "@std/streams/to-text" {
  export function toText(
    stream: ReadableStream<string> | ReadableStream<Uint8Array>,
  ): Promise<string>;
}
