import { nearestName } from "../../util/nearest_name.ts";
import type { TaskEntry } from "./entries.ts";
import { describeField, fieldOf } from "./fields.ts";
import { type OptionKinds, optionName } from "./options.ts";
import type { BatchTemplate } from "./prompt.ts";
import { ID_PLACEHOLDER, placeholdersOf } from "./prompt_template.ts";

/** The fields that have a meaning of their own. */
const OWN_FIELDS = ["id", "prompt"];

/** More fields than that are only counted. */
const MAX_FIELD_WARNINGS = 10;

/** What is likely to be the name of a field, and not a piece of code. */
const FIELD_NAME = /^[A-Za-z_][\w-]*$/;

/** Returns a warning for each field that has no effect. */
export function unusedFieldWarnings(
  fields: ReadonlySet<string>,
  template: BatchTemplate | undefined,
  optionKinds: OptionKinds,
): readonly string[] {
  const known = [...OWN_FIELDS, ...optionKinds.keys()];
  const unused = [...fields].filter((field) =>
    !known.includes(optionName(field)) && !template?.placeholders.has(field)
  );
  const warnings = unused.slice(0, MAX_FIELD_WARNINGS).map((field) => {
    const nearest = nearestName(optionName(field), known);
    const suggestion = nearest === undefined ? "" : `; did you mean ${nearest}?`;
    return `${describeField(field)} has no effect${suggestion}`;
  });
  const more = unused.length - MAX_FIELD_WARNINGS;
  if (more > 0) warnings.push(`${more} more fields have no effect`);
  return [...new Set(warnings)];
}

/** Returns a warning if the template has no effect, replaces nothing, or makes the same prompt of all lines. */
export function templateWarnings(
  entries: readonly TaskEntry[],
  template: BatchTemplate | undefined,
): readonly string[] {
  if (template === undefined) return [];
  const { placeholders } = template;
  const isUnused = !placeholders.has("prompt") &&
    entries.every(({ fields }) => fieldOf(fields, "prompt") !== undefined);
  if (isUnused) {
    return [
      "--prompt has no effect, because all tasks have a prompt; to combine them, add {prompt}",
    ];
  }
  const unknown = [...placeholdersOf(template.text)].find((name) => FIELD_NAME.test(name));
  if (unknown !== undefined && placeholders.size === 0 && entries.length > 1) {
    return [`no task has ${describeField(unknown)}, so the prompt keeps {${unknown}}`];
  }
  const isSame = !placeholders.has(ID_PLACEHOLDER) && entries.length > 1 &&
    entries.every(({ fields }) => fields === undefined);
  return isSame ? [`all ${entries.length} tasks have the same prompt; {} stands for the line`] : [];
}
