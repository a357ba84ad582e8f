import { resolve } from "@std/path/resolve";
import { imageOf, MAX_IMAGE_BYTES, MAX_IMAGES, type PromptImage } from "../claude/prompt_image.ts";
import { readBoundedFile } from "../util/bounded_file.ts";
import { describeReadError } from "../util/file_errors.ts";
import type { Options } from "./command_line.ts";
import { usageError } from "./usage_error.ts";

/**
 * Reads the images of `--image`.
 *
 * @throws {CcrunError} `usage` if a file is not an image that models accept, or there are too many
 */
export async function readImages(options: Options, cwd: string): Promise<readonly PromptImage[]> {
  const paths = options.get("image")?.values ?? [];
  if (paths.length > MAX_IMAGES) {
    throw usageError(`--image is given ${paths.length} times`, `use at most ${MAX_IMAGES} images`);
  }
  return await Promise.all(paths.map((path) => readImage(path, cwd)));
}

async function readImage(path: string, cwd: string): Promise<PromptImage> {
  let bytes: Uint8Array;
  try {
    bytes = await readBoundedFile(resolve(cwd, path), MAX_IMAGE_BYTES);
  } catch (error) {
    throw usageError(
      `cannot read --image ${path}: ${describeReadError(error)}`,
      "name a PNG, JPEG, GIF or WebP file",
    );
  }
  const image = imageOf(bytes);
  if (typeof image !== "string") return image;
  throw usageError(`--image ${path} must be ${image}`, "convert it, or name another file");
}
