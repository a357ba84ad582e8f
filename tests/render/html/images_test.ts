import { assertEquals, assertStringIncludes } from "@std/assert";
import { PageImages } from "../../../lib/render/html/images.ts";

Deno.test("PageImages shows images of harmless types", () => {
  const images = new PageImages();
  for (const mediaType of ["image/png", "image/jpeg", "image/gif", "image/webp"]) {
    assertEquals(
      images.render({ mediaType, data: "iVBORw0K" }, 'a "b"').text,
      `<img src="data:${mediaType};base64,iVBORw0K" alt="a &quot;b&quot;">`,
    );
  }
});

Deno.test("PageImages says why an image is not shown", () => {
  const cases: [mediaType: string, data: string, reason: string][] = [
    ["image/svg+xml", "AAAA", "its type is not PNG, JPEG, GIF or WebP"],
    ["text/html", "AAAA", "its type is not"],
    ["image/png", 'AA"onerror="x', "it is not valid Base64"],
    ["image/png", "", "it is not valid Base64"],
    ["image/png", "A".repeat(1_500_001), "it has 1,125,001 bytes"],
  ];
  for (const [mediaType, data, reason] of cases) {
    const { text } = new PageImages().render({ mediaType, data }, "");
    assertStringIncludes(text, `<p class="missing">Image not shown: ${reason}`);
  }
});

Deno.test("PageImages limits all images of a page together", () => {
  const images = new PageImages();
  const image = { mediaType: "image/png", data: "A".repeat(1_200_000) };
  const shown = Array.from({ length: 3 }, () => images.render(image, "").text.startsWith("<img"));
  assertEquals(shown, [true, true, false]);
});
