/**
 * Evaluates the expressions of GitHub Actions: names, strings, `==`, `!=`, `!`, `&&`, `||`, parentheses,
 * `fromJSON`, and the functions for the status.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "./json.ts";

/** What an expression can name. */
export interface ExpressionScope {
  /** The contexts, such as `github` or `steps`. */
  readonly contexts: JsonObject;
  /** Whether an earlier step has failed. */
  readonly hasFailed: boolean;
}

const TOKEN = /\s*(?:('(?:[^']|'')*')|(==|!=|&&|\|\||[!().])|([A-Za-z_][\w-]*)|(\S))/gy;

/** Returns the value of an expression without its `${{ }}`. */
export function evaluate(expression: string, scope: ExpressionScope): unknown {
  const tokens = [...expression.trim().matchAll(TOKEN)].map(([, text, operator, name, other]) => {
    if (other !== undefined) throw new Error(`not supported: ${other} in ${expression}`);
    return text ?? operator ?? name ?? "";
  });
  let at = 0;
  const take = (token: string) => tokens[at] === token && ++at > 0;
  const expect = (token: string) => {
    if (!take(token)) throw new Error(`no ${token} in ${expression}`);
  };

  function either(): unknown {
    let value = both();
    while (take("||")) {
      const right = both();
      value = isTrue(value) ? value : right;
    }
    return value;
  }
  function both(): unknown {
    let value = comparison();
    while (take("&&")) {
      const right = comparison();
      value = isTrue(value) ? right : value;
    }
    return value;
  }
  function comparison(): unknown {
    const value = operand();
    if (take("==")) return isEqual(value, operand());
    if (take("!=")) return !isEqual(value, operand());
    return value;
  }
  function operand(): unknown {
    if (take("!")) return !isTrue(operand());
    let value = primary();
    while (take(".")) value = property(value, tokens[at++] ?? "");
    return value;
  }
  function primary(): unknown {
    if (take("(")) {
      const value = either();
      expect(")");
      return value;
    }
    const token = tokens[at++] ?? "";
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    if (!take("(")) return property(scope.contexts, token);
    const value = token === "fromJSON" ? JSON.parse(textOf(either())) : status(token, scope);
    expect(")");
    return value;
  }

  const value = either();
  if (at !== tokens.length) throw new Error(`not supported: ${expression}`);
  return value;
}

/** Returns a text with the values of its expressions. */
export function fillIn(text: string, scope: ExpressionScope): string {
  return text.replaceAll(
    /\$\{\{(.*?)\}\}/gs,
    (_, expression: string) => textOf(evaluate(expression, scope)),
  );
}

/** Returns whether a step with this condition runs. A condition without a status implies success. */
export function meets(condition: string | undefined, scope: ExpressionScope): boolean {
  const expression = (condition ?? "").replace(/^\s*\$\{\{(.*)\}\}\s*$/s, "$1");
  const hasStatus = /\b(?:always|cancelled|failure|success)\(\)/.test(expression);
  if (!hasStatus && scope.hasFailed) return false;
  return expression === "" || isTrue(evaluate(expression, scope));
}

function status(name: string, { hasFailed }: ExpressionScope): boolean {
  switch (name) {
    case "always":
      return true;
    case "cancelled":
      return false;
    case "failure":
      return hasFailed;
    case "success":
      return !hasFailed;
    default:
      throw new Error(`not supported: ${name}()`);
  }
}

function property(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}

function isTrue(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== "" && value !== 0;
}

function isEqual(left: unknown, right: unknown): boolean {
  return textOf(left).toLowerCase() === textOf(right).toLowerCase();
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
