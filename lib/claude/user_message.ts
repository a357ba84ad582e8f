import type { JsonObject } from "../util/json.ts";
import type { PromptImage } from "./prompt_image.ts";

/** Returns the message with a prompt, which starts a turn. Models understand images before a text best. */
export function userMessage(text: string, images: readonly PromptImage[] = []): JsonObject {
  const content = [...images.map(imageBlock), { type: "text", text }];
  return {
    type: "user",
    message: { role: "user", content },
    parent_tool_use_id: null,
    session_id: "",
  };
}

function imageBlock({ mediaType, data }: PromptImage): JsonObject {
  return { type: "image", source: { type: "base64", media_type: mediaType, data } };
}
