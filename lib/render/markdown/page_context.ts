import type { TaskNames } from "../report/task_names.ts";
import type { PageLimits } from "./limits.ts";

/** What the parts of one page share. */
export interface PageContext extends PageLimits {
  readonly taskNames: TaskNames;
}
