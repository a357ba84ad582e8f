/**
 * Images in the prompt.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { text } from "../support/api_reply.ts";
import type { ApiRequest } from "../support/api_request.ts";
import { asArray, asObject } from "../support/json.ts";
import { eventOf, withScene } from "./scene.ts";

/** A red dot of 8 by 8 pixels. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC";

Deno.test("ccrun --image sends an image to the API, whatever its name is", async () => {
  await withScene([text("A red dot.")], async ({ sandbox, run, turns }) => {
    await Deno.writeFile(`${sandbox.project}/picture.txt`, Uint8Array.fromBase64(PNG));
    const result = await run(["-q", "--image", "picture.txt", "What is it?"]);
    assertEquals([result.stdout, result.code], ["A red dot.\n", 0]);
    const [request] = turns();
    assertMatch(JSON.stringify(request?.body["messages"]), new RegExp(PNG.slice(0, 60)));
  });
});

Deno.test("ccrun --image names a file that is no image before claude starts", async () => {
  await withScene([], async ({ sandbox, run, turns }) => {
    await Deno.writeTextFile(`${sandbox.project}/page.png`, "<svg/>");
    const cases = [
      ["missing.png", /cannot read --image missing\.png: it does not exist\nccrun: name a PNG/],
      [".", /cannot read --image \.: it is not a regular file/],
      ["/dev/zero", /cannot read --image \/dev\/zero: it is not a regular file/],
      ["page.png", /--image page\.png must be a PNG, JPEG, GIF or WebP image\nccrun: convert it/],
    ] as const;
    for (const [path, message] of cases) {
      const { code, stdout, stderr } = await run(["--image", path, "What is it?"]);
      assertEquals([code, stdout], [2, ""]);
      assertMatch(stderr, message);
    }
    const many = Array.from({ length: 21 }, () => ["--image", "page.png"]).flat();
    assertMatch((await run([...many, "x"])).stderr, /--image is given 21 times/);
    assertEquals(turns(), []);
  });
});

/** Returns the types of the blocks in the user messages of a request, and the data of its images. */
function userBlocks(request: ApiRequest | undefined) {
  const blocks = asArray(request?.body.messages).map(asObject)
    .filter(({ role }) => role === "user")
    .flatMap(({ content }) => typeof content === "string" ? [] : asArray(content).map(asObject));
  const images = blocks.filter(({ type }) => type === "image").map(({ source }) => source);
  return {
    types: blocks.map(({ type, text }) =>
      typeof text === "string" && text.trim() === "What is it?" ? "prompt" : type
    ),
    images,
  };
}

Deno.test("ccrun sends images before the prompt, and shows nothing of them", async () => {
  await withScene([text("A pixel.")], async ({ json, sandbox, turns }) => {
    await Deno.writeFile(`${sandbox.project}/shot`, Uint8Array.fromBase64(PNG));
    const run = await json(["--image", "shot", "--image", "shot", "--debug", "What is it?"]);
    assertEquals([run.code, eventOf(run, "result").text], [0, "A pixel."], run.stderr);
    const { types, images } = userBlocks(turns().at(-1));
    const source = { type: "base64", media_type: "image/png", data: PNG };
    assertEquals(images, [source, source]);
    const first = types.indexOf("image");
    assertEquals(types.slice(first, first + 3), ["image", "image", "prompt"]);
    assertEquals(`${run.stdout}${run.stderr}`.includes(PNG.slice(0, 40)), false);
  });
});

Deno.test("a resumed session still has the image of an earlier prompt", async () => {
  await withScene([text("A pixel."), text("Still.")], async ({ json, sandbox, turns }) => {
    await Deno.writeFile(`${sandbox.project}/shot`, Uint8Array.fromBase64(PNG));
    assertEquals((await json(["--image", "shot", "What is it?"])).code, 0);
    assertEquals((await json(["--continue", "And now?"])).code, 0);
    assertEquals(userBlocks(turns().at(-1)).images.length, 1);
  });
});
