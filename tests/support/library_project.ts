/**
 * The project that the section "Library" of the README describes.
 *
 * @module
 */

import { REPOSITORY } from "./paths.ts";
import { documentSection, fences } from "./readme.ts";

/** Writes the project and returns the path of its program, the example. */
export async function writeLibraryProject(directory: string): Promise<string> {
  const section = documentSection("README.md", "## Library") ?? "";
  const [example = ""] = fences(section, "ts");
  const [config = ""] = fences(section, "json");
  await Deno.writeTextFile(
    `${directory}/deno.json`,
    config.replace("/path/to/ccrun", REPOSITORY),
  );
  await Deno.writeTextFile(`${directory}/example.ts`, example);
  return `${directory}/example.ts`;
}
