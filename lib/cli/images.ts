import { join } from "@std/path/join";
import { resolve } from "@std/path/resolve";
import { imageOf, MAX_IMAGE_BYTES, MAX_IMAGES, type PromptImage } from "../claude/prompt_image.ts";
import { readBoundedFile } from "../util/bounded_file.ts";
import { describeReadError } from "../util/file_errors.ts";
import type { Options } from "./command_line.ts";
import { usageError } from "./usage_error.ts";

/**
 * Reads the images of `--image`.
 *
 * @param workspaces directories that a path in them must not leave, because others choose their links
 * @throws {CcrunError} `usage` if a file is not an image that models accept, or there are too many
 */
export async function readImages(
  options: Options,
  cwd: string,
  workspaces: readonly string[],
): Promise<readonly PromptImage[]> {
  const paths = options.get("image")?.values ?? [];
  if (paths.length > MAX_IMAGES) {
    throw usageError(`--image is given ${paths.length} times`, `use at most ${MAX_IMAGES} images`);
  }
  return await Promise.all(paths.map((path) => readImage(path, cwd, workspaces)));
}

async function readImage(
  path: string,
  cwd: string,
  workspaces: readonly string[],
): Promise<PromptImage> {
  const absolute = resolve(cwd, path);
  let bytes: Uint8Array;
  try {
    await checkLinks(absolute, workspaces);
    bytes = await readBoundedFile(absolute, MAX_IMAGE_BYTES);
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

/** Fails for a path that leaves a workspace through a link, so that a checkout cannot send other files. */
async function checkLinks(path: string, workspaces: readonly string[]): Promise<void> {
  const target = await Deno.realPath(path);
  for (const workspace of workspaces) {
    const root = await Deno.realPath(workspace).catch(() => workspace);
    const isInside = isWithin(path, workspace) || isWithin(path, root);
    if (isInside && !isWithin(target, root)) {
      throw new Error(`a link in its path leads out of the workspace ${root}`);
    }
  }
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(join(root, "/"));
}
