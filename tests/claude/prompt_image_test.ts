import { assertEquals } from "@std/assert";
import { imageOf, imageProblem, MAX_IMAGE_BYTES } from "../../lib/claude/prompt_image.ts";
import { userMessage } from "../../lib/claude/user_message.ts";

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

const FORMATS = [
  ["\x89PNG\r\n\x1a\nrest", "image/png"],
  ["\xff\xd8\xff\xe0rest", "image/jpeg"],
  ["GIF87arest", "image/gif"],
  ["GIF89arest", "image/gif"],
  ["RIFF\x01\x02\x03\x04WEBPrest", "image/webp"],
] as const;

Deno.test("imageOf recognizes the formats by their first bytes", () => {
  for (const [content, mediaType] of FORMATS) {
    const bytes = bytesOf(content);
    assertEquals(imageOf(bytes), { mediaType, data: btoa(content) });
    assertEquals(imageProblem({ mediaType, data: btoa(content) }), undefined);
  }
  for (const content of ["", "<svg>", "\x89PNG", "%PDF-1.7", "RIFF1234WAVE", "BM"]) {
    assertEquals(imageOf(bytesOf(content)), "a PNG, JPEG, GIF or WebP image");
  }
});

Deno.test("imageOf and imageProblem limit the size", () => {
  const bytes = new Uint8Array(MAX_IMAGE_BYTES + 1);
  bytes.set(bytesOf("GIF89a"));
  assertEquals(imageOf(bytes), "at most 5.24 MB");
  assertEquals(typeof imageOf(bytes.subarray(1)), "string");
  assertEquals(typeof imageOf(bytes.subarray(0, -1)), "object");
  const image = { mediaType: "image/gif", data: "A".repeat(2 * MAX_IMAGE_BYTES) } as const;
  assertEquals(imageProblem(image), "at most 5.24 MB");
});

Deno.test("imageProblem reports data that is not Base64, and another type than the stated one", () => {
  assertEquals(imageProblem({ mediaType: "image/png", data: "no Base64!" }), "Base64 in data");
  const png = btoa("\x89PNG\r\n\x1a\n");
  const problem = imageProblem({ mediaType: "image/gif", data: png });
  assertEquals(problem, "of the type that it states: image/png");
});

Deno.test("userMessage puts the images before the text", () => {
  const { message } = userMessage("What is it?", [{ mediaType: "image/png", data: "AAAA" }]);
  assertEquals(message, {
    role: "user",
    content: [
      { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
      { type: "text", text: "What is it?" },
    ],
  });
});
