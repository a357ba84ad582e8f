import { writeAll } from "./write_all.ts";

/**
 * Appends text to a file, which is created if it does not exist. A part that was written before an error,
 * for example because the disk is full, is removed.
 *
 * @throws if the text cannot be written
 */
export async function appendToFile(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { append: true, create: true });
  const { size } = await file.stat();
  try {
    await writeAll(file, new TextEncoder().encode(text));
  } catch (error) {
    await file.truncate(size);
    throw error;
  }
}
