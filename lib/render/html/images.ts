import type { ReportImage } from "../report.ts";
import { formatNumber } from "./format.ts";
import { element, type Html } from "./html.ts";

/** The types of images that run nothing. SVG can contain scripts and links. */
const MEDIA_TYPES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
]);

/** The maximum length of an image in Base64. */
const MAX_IMAGE_LENGTH = 1_500_000;

/** The maximum length of all images of a page in Base64. */
const MAX_TOTAL_LENGTH = 3_000_000;

/** Puts the images of a session into its page until their limit is reached. */
export class PageImages {
  #length = 0;

  /** Returns an image, or why it is not shown. */
  render({ mediaType, data }: ReportImage, description: string): Html {
    const problem = this.#problemOf(mediaType, data);
    if (problem !== undefined) {
      return element("p", { class: "missing" }, `Image not shown: ${problem}.`);
    }
    this.#length += data.length;
    return element("img", { src: `data:${mediaType};base64,${data}`, alt: description });
  }

  #problemOf(mediaType: string, data: string): string | undefined {
    if (!MEDIA_TYPES.has(mediaType)) return "its type is not PNG, JPEG, GIF or WebP";
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return "it is not valid Base64";
    const bytes = formatNumber(Math.ceil(data.length * 3 / 4));
    if (data.length > MAX_IMAGE_LENGTH) return `it has ${bytes} bytes`;
    if (this.#length + data.length > MAX_TOTAL_LENGTH) return "the page contains enough images";
    return undefined;
  }
}
