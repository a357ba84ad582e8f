/**
 * Messages for programs that show Claude Code's screen. A reader of the run does not need them, so pretty
 * does not show their notices.
 *
 * @module
 */

import type { QuietNoticeKind } from "../util/quiet_notice_kinds.ts";
import { getFirstText } from "./json_fields.ts";
import { messageText, type NoticeReader } from "./notice_reader.ts";

/** The notices' kinds, and the kinds of the messages that become them. */
const QUIET_MESSAGES: { readonly [kind in QuietNoticeKind]?: readonly string[] } = {
  autocompact: ["autocompact_state"],
  cloud_session: [
    "system/cloud_session_delta",
    "system/inherited_asks_settled",
    "system/late_allow_not_run",
    "system/turn_handoff_available",
  ],
  command: ["command_lifecycle"],
  feedback: ["system/feedback_draft_queued"],
  permission_check: ["system/permission_check_status"],
  session_title: ["system/session_title_changed"],
  task_list: ["system/task_list_statuses"],
  turn_summary: ["system/post_turn_summary", "system/task_summary"],
  ui: [
    "system/ui_focus",
    "system/ui_invalidate",
    "system/ui_notify_cancel",
    "system/ui_panes",
    "system/ui_placed",
    "system/ui_scroll",
    "system/ui_status",
  ],
  workspace: ["system/dev_intent", "system/per_turn_effort_changed", "system/shell_cwd"],
};

/** Fields with the text of a quiet message that {@linkcode messageText} does not find. */
const TEXT_FIELDS = ["title", "status_detail", "detail", "cwd", "kind"];

/** How quiet messages become notices, by their kind. */
export const QUIET_NOTICE_READERS: readonly (readonly [string, NoticeReader])[] = Object
  .entries(QUIET_MESSAGES)
  .flatMap(([kind, messages]) =>
    messages.map((message): [string, NoticeReader] => [message, quietNotice(kind, message)])
  );

function quietNotice(kind: string, messageKind: string): NoticeReader {
  const words = messageKind.replace(/^system\//, "").replaceAll("_", " ");
  return (message) => {
    const text = getFirstText(message, TEXT_FIELDS) ?? messageText(message);
    return { level: "info", kind, text: text === undefined ? words : `${words}: ${text}` };
  };
}
