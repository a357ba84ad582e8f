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
