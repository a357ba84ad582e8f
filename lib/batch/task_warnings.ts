import { nearestName } from "../util/nearest_name.ts";
import { ID_PLACEHOLDER } from "./prompt_template.ts";
import { describeField } from "./task_fields.ts";
import { type OptionKinds, optionName } from "./task_options.ts";
import type { BatchTemplate } from "./task_prompt.ts";

/** The fields that are neither options nor data of the template. */
const OWN_FIELDS = ["id", "prompt"];

/** Returns a warning for each field that has no effect. */
export function unusedFieldWarnings(
  fields: ReadonlySet<string>,
  template: BatchTemplate | undefined,
  optionKinds: OptionKinds,
): readonly string[] {
  const options = [...optionKinds.keys()];
  const unused = [...fields].filter((name) =>
    !OWN_FIELDS.includes(name) && !optionKinds.has(optionName(name)) &&
    !template?.placeholders.has(name)
  );
  const warnings = unused.map((name) => {
    const nearest = nearestName(optionName(name), [...options, ...OWN_FIELDS]);
    const suggestion = nearest === undefined ? "" : `; did you mean ${nearest}?`;
    return `${describeField(name)} has no effect${suggestion}`;
  });
  return [...new Set(warnings)];
}

/** Returns a warning if all plain lines have the same prompt, because `{}` was forgotten. */
export function samePromptWarnings(
  count: number,
  fields: ReadonlySet<string>,
  template: BatchTemplate | undefined,
): readonly string[] {
  const isSame = template !== undefined && !template.placeholders.has(ID_PLACEHOLDER);
  if (!isSame || fields.size > 0 || count < 2) return [];
  return [`all ${count} tasks have the same prompt, because it does not contain {}`];
}
