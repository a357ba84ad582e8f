import type { CreatePage } from "../render/page.ts";
import type { HostInfo } from "./host.ts";
import type { RenderSettings } from "./render_settings.ts";

/**
 * Returns how to create the page that the format requires, if it is a page. The other formats need not wait
 * until the libraries of pages are loaded.
 */
export async function loadPage(
  { format }: RenderSettings,
  { env }: HostInfo,
): Promise<CreatePage | undefined> {
  const home = env["HOME"];
  if (format === "html") {
    const { createHtmlRenderer } = await import("../render/html/html_renderer.ts");
    return (writer) => createHtmlRenderer(writer, { home });
  }
  if (format === "markdown") {
    const { createMarkdownRenderer } = await import("../render/markdown/renderer.ts");
    return (writer) => createMarkdownRenderer(writer, { home });
  }
  return undefined;
}
