import { isJsonObject } from "../../util/json.ts";
import type { ReportImage } from "../report.ts";

/** Returns the images in the content blocks of a tool result, as the recording describes them. */
export function imagesOf(content: readonly unknown[] = []): ReportImage[] {
  return content.flatMap((block) => {
    const source = isJsonObject(block) && block["type"] === "image" ? block["source"] : undefined;
    if (!isJsonObject(source)) return [];
    const { media_type: mediaType, data } = source;
    return typeof mediaType === "string" && typeof data === "string" ? [{ mediaType, data }] : [];
  });
}
