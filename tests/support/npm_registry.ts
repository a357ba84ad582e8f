/**
 * A small npm registry on the loopback, to which a test can publish packages.
 *
 * @module
 */

import { asObject, asString, isJsonObject, type JsonObject } from "./json.ts";

/** A registry. Disposing of it stops it. */
export interface NpmRegistry extends AsyncDisposable {
  readonly url: string;
  /** The published versions in their order, as `NAME@VERSION`. */
  readonly published: readonly string[];
  /** Returns the dist-tags of a package. */
  tags(name: string): JsonObject;
  /** Adds the packages of these tarballs. Their dist-tag is `latest`. */
  add(tarballs: readonly string[]): Promise<void>;
}

interface Package {
  readonly name: string;
  readonly tags: Record<string, string>;
  readonly versions: Record<string, JsonObject>;
  readonly tarballs: Map<string, Uint8Array<ArrayBuffer>>;
}

/** Starts an empty registry. */
export function startNpmRegistry(): NpmRegistry {
  const packages = new Map<string, Package>();
  const published: string[] = [];

  function find(name: string): Package {
    const found = packages.get(name) ?? { name, tags: {}, versions: {}, tarballs: new Map() };
    packages.set(name, found);
    return found;
  }

  async function addVersion(
    manifest: JsonObject,
    tarball: Uint8Array<ArrayBuffer>,
    tag: string,
  ): Promise<void> {
    const name = asString(manifest.name);
    const version = asString(manifest.version);
    const found = find(name);
    const file = `${version}.tgz`;
    const dist = { tarball: `${url}/${name}/-/${file}`, integrity: await integrityOf(tarball) };
    found.versions[version] = { ...manifest, dist };
    found.tags[tag] = version;
    found.tarballs.set(file, tarball);
    published.push(`${name}@${version}`);
  }

  /** Adds the version in the body of `npm publish`. */
  async function publish(body: unknown): Promise<Response> {
    const { versions, "dist-tags": tags, _attachments } = asObject(body);
    for (const manifest of Object.values(asObject(versions)).filter(isJsonObject)) {
      const known = packages.get(asString(manifest.name))?.versions ?? {};
      if (asString(manifest.version) in known) return json({ error: "exists already" }, 403);
      const [attachment] = Object.values(asObject(_attachments));
      const bytes = Uint8Array.from(
        atob(asString(asObject(attachment).data)),
        (character) => character.charCodeAt(0),
      );
      await addVersion(manifest, bytes, Object.keys(asObject(tags))[0] ?? "");
    }
    return json({ ok: true });
  }

  async function respond(request: Request): Promise<Response> {
    const path = decodeURIComponent(new URL(request.url).pathname).slice(1);
    if (request.method === "PUT") return await publish(await request.json());
    const [name = "", file] = path.split("/-/");
    const found = packages.get(name);
    if (found === undefined) return json({ error: "Not found" }, 404);
    const { tags, versions, tarballs } = found;
    if (file === undefined) return json({ name, "dist-tags": tags, versions });
    const tarball = tarballs.get(file);
    return tarball === undefined ? json({ error: "Not found" }, 404) : new Response(tarball);
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, respond);
  const url = `http://127.0.0.1:${server.addr.port}`;
  return {
    url,
    published,
    tags: (name) => packages.get(name)?.tags ?? {},
    async add(paths): Promise<void> {
      for (const path of paths) {
        await addVersion(await manifestIn(path), await Deno.readFile(path), "latest");
      }
    },
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Returns the package.json of a tarball. */
export async function manifestIn(tarball: string): Promise<JsonObject> {
  const { stdout } = await new Deno.Command("tar", {
    args: ["-xzOf", tarball, "package/package.json"],
  }).output();
  return asObject(JSON.parse(new TextDecoder().decode(stdout)));
}

async function integrityOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-512", bytes));
  return `sha512-${btoa(String.fromCharCode(...digest))}`;
}

/** Node's npm reads this type for both forms of a packument. */
function json(value: unknown, status = 200): Response {
  const type = "application/vnd.npm.install-v1+json";
  return new Response(JSON.stringify(value), { status, headers: { "content-type": type } });
}
