import { format as formatBytes } from "@std/fmt/bytes";
import { CcrunError } from "../errors.ts";

/** The formats of images that models accept. */
export type ImageMediaType = "image/png" | "image/jpeg" | "image/gif" | "image/webp";

/** An image that belongs to a prompt. */
export interface PromptImage {
  /** The format of the image. */
  readonly mediaType: ImageMediaType;
  /** The bytes of the image in Base64. */
  readonly data: string;
}

/** The largest image that the API accepts, in bytes. */
export const MAX_IMAGE_BYTES = 5 * 1024 * 1024;

/** With more images, the API accepts only small ones. */
export const MAX_IMAGES = 20;

/** The first bytes of each format; `?` stands for any byte. */
const SIGNATURES: readonly (readonly [signature: string, mediaType: ImageMediaType])[] = [
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff", "image/jpeg"],
  ["GIF87a", "image/gif"],
  ["GIF89a", "image/gif"],
  ["RIFF????WEBP", "image/webp"],
];

const FORMATS = "a PNG, JPEG, GIF or WebP image";

/**
 * Returns the image that a file contains, whatever its name is.
 *
 * @returns what it must be instead, if it is no image that models accept
 */
export function imageOf(bytes: Uint8Array): PromptImage | string {
  if (bytes.length > MAX_IMAGE_BYTES) return `at most ${formatBytes(MAX_IMAGE_BYTES)}`;
  const start = String.fromCharCode(...bytes.subarray(0, 12));
  const found = SIGNATURES.find(([signature]) => startsWith(start, signature));
  return found === undefined ? FORMATS : { mediaType: found[1], data: bytes.toBase64() };
}

/** Returns what is wrong with an image of the caller: what it must be. Undefined if it is valid. */
export function imageProblem({ mediaType, data }: PromptImage): string | undefined {
  // Base64 is a third longer.
  if (data.length > MAX_IMAGE_BYTES * 1.5) return `at most ${formatBytes(MAX_IMAGE_BYTES)}`;
  const bytes = fromBase64(data);
  if (bytes === undefined) return "Base64 in data";
  const image = imageOf(bytes);
  if (typeof image === "string") return image;
  return image.mediaType === mediaType
    ? undefined
    : `of the type that it states: ${image.mediaType}`;
}

/** Returns the images. @throws {CcrunError} `usage` if one of them is not valid, or there are too many */
export function checkImages(images: readonly PromptImage[] = []): readonly PromptImage[] {
  if (images.length > MAX_IMAGES) {
    throw new CcrunError(
      "usage",
      `a prompt has ${images.length} images`,
      `use at most ${MAX_IMAGES}`,
    );
  }
  for (const [index, image] of images.entries()) {
    const expected = imageProblem(image);
    if (expected !== undefined) {
      throw new CcrunError("usage", `image ${index + 1} must be ${expected}`);
    }
  }
  return images;
}

function startsWith(text: string, signature: string): boolean {
  return text.length >= signature.length &&
    Array.from(signature).every((char, index) => char === "?" || char === text[index]);
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
}
