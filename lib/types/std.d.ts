// The @std packages come through npm as plain JavaScript, without types. This
// declares the few functions that ccrun uses, as their documentation has them;
// with packages that bring types of their own, this file goes.

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
  /** A number of bytes in words: `1337` is `1.34 kB`. */
  export function format(num: number, options?: FormatOptions): string;
}

declare module "@std/streams/text-line-stream" {
  export interface TextLineStreamOptions {
    /** Also split at a lone carriage return. @default {false} */
    allowCR?: boolean;
  }
  /** Splits text into lines at `\n` and `\r\n`; the ends are not part of the lines. */
  export class TextLineStream extends TransformStream<string, string> {
    constructor(options?: TextLineStreamOptions);
  }
}

declare module "@std/text/closest-string" {
  /** The one of `possibleWords` that is most like `givenWord`. Throws when there are none. */
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
  /** How many characters are to be added, taken away or changed to make one text of the other. */
  export function levenshteinDistance(str1: string, str2: string): number;
}

declare module "@std/path/posix/basename" {
  export function basename(path: string, suffix?: string): string;
}

declare module "@std/path/posix/dirname" {
  export function dirname(path: string): string;
}

declare module "@std/path/posix/is-absolute" {
  export function isAbsolute(path: string): boolean;
}

declare module "@std/path/posix/relative" {
  export function relative(from: string, to: string): string;
}

declare module "@std/path/posix/resolve" {
  export function resolve(...pathSegments: string[]): string;
}
