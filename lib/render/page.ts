import type { Renderer } from "./renderer.ts";

/** Receives a page as text. */
export interface PageWriter {
  /** Adds text. */
  write(text: string): void;
}

/** Creates a renderer that writes a page about a whole session when it has ended. */
export type CreatePage = (writer: PageWriter) => Renderer;
