import { assertEquals } from "@std/assert";
import { fillTemplate, placeholdersOf } from "../../../lib/batch/tasks/prompt_template.ts";

Deno.test("placeholdersOf returns what is between braces without braces in it", () => {
  const cases: readonly (readonly [template: string, names: readonly string[]])[] = [
    ["", []],
    ["no braces", []],
    ["{} and {a} and {a}", ["", "a"]],
    ["{{}} {{b}}", ["", "b"]],
    ['{ "json": [1] }', [' "json": [1] ']],
    ["{open {c} close}", ["c"]],
    ["function f() {\n}", ["\n"]],
  ];
  for (const [template, names] of cases) assertEquals([...placeholdersOf(template)], names);
});

Deno.test("fillTemplate replaces the names that have a value, once, and nothing else", () => {
  const values = new Map([["", "a.js"], ["x", "{y} $& $1"], ["y", "Y"], ["none", ""]]);
  const cases: readonly (readonly [template: string, filled: string])[] = [
    ["Migrate {}", "Migrate a.js"],
    ["{}{}", "a.jsa.js"],
    ["{x} {y}", "{y} $& $1 Y"],
    ["{none}", ""],
    ["{other} { y} {", "{other} { y} {"],
    ["{{y}}", "{Y}"],
    ["${}", "$a.js"],
  ];
  for (const [template, filled] of cases) assertEquals(fillTemplate(template, values), filled);
});
