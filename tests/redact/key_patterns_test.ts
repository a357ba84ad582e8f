import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { replaceKeys } from "../../lib/redact/key_patterns.ts";

/** Returns a text without keys. */
function redacted(text: string): string {
  return replaceKeys(text, "[redacted]");
}

/** Creates a key. Keys are built here so that secret scanners do not report this file. */
function key(start: string, length: number, alphabet = "aB3dE5gH7jK9"): string {
  return start + alphabet.repeat(length).slice(0, length);
}

Deno.test("replaceKeys() replaces keys of known formats", () => {
  const keys = [
    key("sk-ant-api03-", 90),
    key("sk-proj-", 60),
    key("sk-", 48),
    key("ghp_", 36),
    key("gho_", 36),
    key("ghu_", 36),
    key("ghs_", 36),
    key("ghr_", 36),
    key("github_pat_", 82),
    key("glpat-", 20),
    key("xoxb-", 50, "1234567890-"),
    key("AKIA", 16, "ABCDEFGH23"),
    key("ASIA", 16, "ABCDEFGH23"),
    key("AIza", 35),
    key("npm_", 36),
    key("pypi-", 100),
    key("hf_", 34),
    key("hvs.", 30),
    key("sk_live_", 24),
    key("xai-", 60),
    key("dop_v1_", 64, "0123456789abcdef"),
    `${key("SG.", 22)}.${key("", 43)}`,
    `${key("eyJ", 20)}.${key("eyJ", 3_000)}.${key("", 43)}`,
    key("AGE-SECRET-KEY-1", 58, "QPZRY9X8"),
  ];
  for (const secret of keys) {
    for (
      const around of ["", " ", '"', "\n", "\\n", "\\\\n", "=", "("]
    ) {
      assertEquals(redacted(`${around}${secret} x`), `${around}[redacted] x`, secret);
      assertEquals(redacted(`${around}${secret}`), `${around}[redacted]`, secret);
    }
  }
});

Deno.test("replaceKeys() replaces private keys, also in JSON and without an end", () => {
  const lines = [key("MII", 61), key("", 64), key("", 30)];
  for (const kind of ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "]) {
    const pem = [
      `-----BEGIN ${kind}PRIVATE KEY-----`,
      ...lines,
      `-----END ${kind}PRIVATE KEY-----`,
    ];
    for (const end of ["\n", "\r\n", "\\n", "\\\\n", "\\r\\n"]) {
      assertEquals(redacted(`a ${pem.join(end)} b`), "a [redacted] b");
      assertEquals(
        redacted(`a ${pem.slice(0, 3).join(end)}${end}then words`),
        `a [redacted]${end}then words`,
      );
    }
  }
  const withHeaders =
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0A\n\n" +
    `${lines.join("\n")}\n-----END RSA PRIVATE KEY-----`;
  assertEquals(redacted(withHeaders), "[redacted]");
  const certificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----";
  assertEquals(redacted(certificate), certificate);
});

Deno.test("replaceKeys() replaces only the password of a URL and the value of a header", () => {
  assertEquals(
    redacted("git clone https://ada:pw@example.com/x"),
    "git clone https://ada:[redacted]@example.com/x",
  );
  assertEquals(redacted("redis://:pw@host"), "redis://:[redacted]@host");
  const token = key("", 30);
  assertEquals(redacted(`Authorization: Bearer ${token}`), "Authorization: Bearer [redacted]");
  assertEquals(redacted("authorization: Basic dXNlcjpwYXNz"), "authorization: Basic [redacted]");
  assertEquals(
    redacted(`{"authorization":"Bearer ${token}"}`),
    '{"authorization":"Bearer [redacted]"}',
  );
  assertEquals(
    redacted(`{\\"X-Api-Key\\": \\"${token}\\"}`),
    '{\\"X-Api-Key\\": \\"[redacted]\\"}',
  );
  assertEquals(
    redacted(`curl -H 'PRIVATE-TOKEN: ${token}'`),
    "curl -H 'PRIVATE-TOKEN: [redacted]'",
  );
  assertEquals(
    redacted(`//npm.example/:_authToken=${token}`),
    "//npm.example/:_authToken=[redacted]",
  );
});

Deno.test("replaceKeys() leaves text alone that resembles a key", () => {
  const texts = [
    "https://example.com:8080/a@b",
    "task-something-that-is-quite-long-9",
    "sk-this-is-a-word-with-dashes-only",
    "the bearer of this letter",
    "authorization: required, please",
    "eyJust words.eyJust words",
    "npm_config_registry_something_that_is_long_9",
    "AKIAshort",
    "git@github.com:a/b.git",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "0c949d68-6fd3-4732-ba68-7a0099347d44",
    "toolu_01AbCdEfGhIjKlMnOpQrStUv msg_01AbCdEfGhIjKlMnOpQrStUv",
  ];
  for (const text of texts) assertStrictEquals(redacted(text), text);
});

Deno.test("replaceKeys() leaves code and placeholders alone", () => {
  const texts = [
    'headers: { "x-api-key": process.env.ANTHROPIC_API_KEY }',
    "x-api-key: os.environ.SOME_LONG_NAME_2",
    "postgres://postgres:postgres@db",
    "x-auth-token: getAuthTokenFromSession",
    "x-auth-token: get_token_v2_from_session(user)",
    "x-api-key: headers_by_name_2[name]",
    "api-key: some.module.path.of.settings",
    "api-key: YOUR_API_KEY_GOES_HERE",
    "git clone https://x:${TOKEN}@github.com/a/b",
    "git clone https://x:$TOKEN@github.com/a/b https://x:***@y https://a:{token}@b",
    "https://user:password@example.com https://user:pass@example.com https://a:xxxx@b",
    "//npm.example.com/:_authToken=${NPM_TOKEN}",
    "Authorization: Bearer ${{ secrets.DEPLOY_TOKEN }}",
    "Authorization: Bearer config.credentials.token",
    "Authorization: Bearer your-token-here",
    "Bearer authentication-is-required-here",
    "sk-learn-like-things-and-2",
  ];
  for (const said of texts) assertStrictEquals(redacted(said), said);
  // A real key next to it, or in it, is replaced.
  const token = key("", 30);
  assertEquals(
    redacted(`x-api-key: process.env.A_KEY_OF_MINE x-api-key: ${token}`),
    "x-api-key: process.env.A_KEY_OF_MINE x-api-key: [redacted]",
  );
  assertEquals(redacted(`_authToken=\${${key("ghp_", 36)}}`), "_authToken=${[redacted]}");
  assertEquals(redacted("https://a:correct.horse@b"), "https://a:[redacted]@b");
  assertEquals(redacted("https://a:$ecr3t@b"), "https://a:[redacted]@b");
});

Deno.test("replaceKeys() takes linear time on hostile text", () => {
  const pieces = [
    "a",
    "eyJ",
    "eyJaaaaaaaa.",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----\nwords and\n",
    "-----BEGIN PRIVATE KEY-----\nMIIBaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
    "://a:",
    "://aaaa",
    "sk-a",
    "sk-",
    "\\nsk-",
    "[0msk-",
    "ghp_",
    "ghp_aaaaaaaaaaaaaaaaaaaaa",
    "authorization: ",
    "Bearer ",
    "Bearer    \n",
    "x-api-key",
    "hooks.slack.com/a/",
    "SG.",
    "_authToken=",
    "abcdefghijklmnop\n",
    "x-api-key:a.b.c.d.e.f.g.h.i.j.k.l ",
    "_authToken=${",
    "://a:a@",
    "\\\\\\\\",
    " ",
    "AKIA",
    "xoxb-",
  ];
  // Quadratic time would take hours.
  for (const piece of pieces) {
    const sample = piece.repeat(Math.ceil(1_000_000 / piece.length));
    assert(redacted(sample).length <= sample.length + "[redacted]".length, JSON.stringify(piece));
  }
});
