import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { createEventFactory, type EventBody } from "../../lib/events.ts";
import { createRedactor } from "../../lib/redact/redactor.ts";
import { envSecrets, isSecretName } from "../../lib/redact/env_secrets.ts";
import { makeRandom } from "../support/random.ts";
import { answer, START, use } from "../support/rendered_run.ts";

const stamp = createEventFactory(() => null);

/** A text without the secrets of these variables. */
function redacted(text: string, env: { [name: string]: string } = {}): string {
  return createRedactor(env).text(text);
}

/** A key of a format, put together here so that nobody's scanner takes this file for a leak. */
function key(start: string, length: number, alphabet = "aB3dE5gH7jK9"): string {
  return start + alphabet.repeat(length).slice(0, length);
}

Deno.test("names that look secret are told from names that speak of secrets", () => {
  const secret = [
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_AUTH_TOKEN",
    "CLAUDE_CODE_OAUTH_TOKEN",
    "GITHUB_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "CI_JOB_TOKEN",
    "PGPASSWORD",
    "MYSQL_PWD",
    "MYSQL_ROOT_PASSWORD",
    "DB_PASS",
    "SSHPASS",
    "REDISCLI_AUTH",
    "DOCKER_AUTH_CONFIG",
    "GOOGLE_CREDENTIALS",
    "SSH_PRIVATE_KEY",
    "GPG_PRIVATE_KEY",
    "SESSION_COOKIE",
    "GH_PAT",
    "MY_JWT",
    "SLACK_WEBHOOK_URL",
    "myApiKey",
    "npm_config_//npm.example.com/:_authToken",
    "api-key",
    "AUTHTOKEN",
    "MAX_SECRET",
  ];
  const harmless = [
    "PWD",
    "OLDPWD",
    "INIT_CWD",
    "HOME",
    "PATH",
    "SSH_AUTH_SOCK",
    "SSH_KEY_PATH",
    "GOOGLE_APPLICATION_CREDENTIALS_FILE",
    "MYSQL_PASSWORD_FILE",
    "PASSWORD_STORE_DIR",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "AWS_ACCESS_KEY_ID",
    "AUTH_METHOD",
    "COOKIE_NAME",
    "MAX_TOKENS",
    "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
    "MAX_THINKING_TOKENS",
    "CACHE_KEY",
    "PUBLIC_KEY",
    "TOKENIZERS_PARALLELISM",
    "GIT_AUTHOR_NAME",
    "KEYBOARD_LAYOUT",
    "GIT_ASKPASS",
    "BYPASS",
    "MONKEY",
    "GOPRIVATE",
    "COMPASS",
    "TOKEN_TTL",
  ];
  assertEquals(secret.filter((name) => !isSecretName(name)), []);
  assertEquals(harmless.filter(isSecretName), []);
});

Deno.test("values that cannot be secrets are not looked for", () => {
  assertEquals(
    envSecrets({
      API_KEY: "short",
      TOKEN: "seven77",
      DB_PASSWORD: "password",
      API_TOKEN: "12345678901",
      MASK_TOKEN: "************",
      BUILD_PWD: "/builds/project",
      GPG_KEY: "A035C8C19219BA821ECEA86B64E628F8D684696D",
      USE_AUTH: "required",
      HOME: "/home/ada/of-the-place",
    }),
    [],
  );
  assertEquals(envSecrets({ PASSWORD: "12345678" }), ["12345678"]);
});

Deno.test("an exact value is redacted, everywhere and only it", () => {
  const env = { DB_PASSWORD: "correct horse", HOME: "/home/correct" };
  assertEquals(redacted("correct horse", env), "[redacted]");
  assertEquals(
    redacted("a correct horse, correct horses; correct", env),
    "a [redacted], [redacted]s; correct",
  );
  assertEquals(redacted("nothing", env), "nothing");
});

Deno.test("a value is found in JSON, in JSON within JSON, in URLs, XML, shells and Base64", () => {
  const value = "p\"a\\s&s<w>o/r'd\nü 1";
  const { text } = createRedactor({ MY_SECRET: value });
  const once = JSON.stringify(value).slice(1, -1);
  const forms = [
    value,
    once,
    JSON.stringify(once).slice(1, -1),
    once.replaceAll("/", "\\/"),
    once.replaceAll("ü", "\\u00fc"),
    once.replaceAll("&", "\\u0026").replaceAll("<", "\\u003c").replaceAll(">", "\\u003e"),
    encodeURIComponent(value),
    encodeURIComponent(value).replaceAll("%20", "+"),
    encodeURIComponent(value).replaceAll("'", "%27"),
    encodeURIComponent(value).replace(/%../g, (found) => found.toLowerCase()),
    value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    value.replaceAll("'", "'\\''"),
  ];
  for (const form of forms) assertEquals(text(`<${form}>`), "<[redacted]>", form);
});

Deno.test("a value is found in Base64 wherever it begins there, in both alphabets", () => {
  const secret = "s3cr3t?>~value";
  const { text } = createRedactor({ MY_SECRET: secret });
  for (const before of ["", "u", "us", "use", "user:", "x".repeat(100)]) {
    for (const after of ["", "a", "ab", "abc", "\nmore"]) {
      const plain = btoa(before + secret + after);
      for (
        const encoded of [plain, plain.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")]
      ) {
        const rest = text(`Basic ${encoded}`);
        assert(rest.includes("[redacted]"), `${before} ${after}: ${rest}`);
        // What is left around it belongs to less than two characters of the secret.
        const left = rest.replace("Basic ", "").replace("[redacted]", "").replace(/=+$/, "").length;
        const others = Math.ceil((before.length + after.length) * 8 / 6);
        assert(left <= others + 3, `${left} ${others}`);
      }
    }
  }
});

Deno.test("each long line of a value of several lines is a secret, too", () => {
  const lines = [key("", 64), key("x", 63), "short", key("", 40)];
  const { text } = createRedactor({ DEPLOY_KEY: `${lines.join("\r\n")}\n` });
  assertEquals(text(`a ${lines[1]} b`), "a [redacted] b");
  assertEquals(text("a short b"), "a short b");
  assertEquals(text(lines.join("\r\n")), "[redacted]");
});

Deno.test("of secrets that overlap, or begin alike, nothing is left", () => {
  const env = {
    A_TOKEN: "abcd_fgh1234",
    B_TOKEN: "1234ijklmnop",
    C_TOKEN: "abcd_fgh1234ijkl",
    D_TOKEN: "abcd_fgh",
  };
  assertEquals(redacted("(abcd_fgh1234ijklmnop)", env), "([redacted])");
  assertEquals(redacted("(abcd_fgh1234ijkl)", env), "([redacted])");
  assertEquals(redacted("(abcd_fgh1234)", env), "([redacted])");
  assertEquals(redacted("(abcd_fgh12)", env), "([redacted]12)");
  assertEquals(redacted("abcd_fgh,abcd_fgh", env), "[redacted],[redacted]");
});

Deno.test("secrets within other values are found: in URLs, headers and JSON", () => {
  const env = {
    DATABASE_URL: "postgres://app:s%40fe-enough@db/app",
    ANTHROPIC_CUSTOM_HEADERS: "X-Team: blue-and-green\nX-Api-Key: header-value-1",
    OTEL_EXPORTER_OTLP_HEADERS: "api-key=otel-value-1,x-tenant=some-tenant",
    GOOGLE_CREDENTIALS: JSON.stringify({
      type: "service_account",
      private_key: "line-of-key-1\nline-of-key-2\n",
      client_email: "someone@example.com",
    }),
  };
  const { text } = createRedactor(env);
  assertEquals(text("s%40fe-enough s@fe-enough"), "[redacted] [redacted]");
  assertEquals(text("header-value-1 otel-value-1"), "[redacted] [redacted]");
  assertEquals(text("line-of-key-2"), "[redacted]");
  for (const said of ["blue-and-green", "some-tenant", "service_account", "someone@example.com"]) {
    assertEquals(text(said), said);
  }
});

Deno.test("keys of known formats are redacted, whoever they belong to", () => {
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
      const around of ["", " ", '"', "\n", "\\n", "\\\\n", "=", "(", "\x1b[32m", "\\u000a", "%20"]
    ) {
      assertEquals(redacted(`${around}${secret} x`), `${around}[redacted] x`, secret);
      assertEquals(redacted(`${around}${secret}`), `${around}[redacted]`, secret);
    }
  }
});

Deno.test("private keys are redacted with all their lines, also in JSON, also without an end", () => {
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

Deno.test("passwords in URLs and secrets in headers are redacted, and what is around them stays", () => {
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

Deno.test("what looks like a key only a little is left alone", () => {
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
  for (const text of texts) assertStrictEquals(redacted(text, { A_TOKEN: "not there" }), text);
});

Deno.test("what is redacted stays so when it is redacted again", () => {
  const { text } = createRedactor({ A_TOKEN: "correct horse" });
  const once = text(`https://a:pw@x correct horse Authorization: Bearer ${key("", 30)}`);
  assertStrictEquals(text(once), once);
});

Deno.test("an event loses its secrets in values and foreign names, and nothing else", () => {
  const { event } = createRedactor({
    MY_TOKEN: "correct horse",
    ANOTHER_TOKEN: "tool_use",
    T_TOKEN: "completed",
  });
  const given = stamp({
    ...use("1", "Bash", {
      command: "echo correct horse",
      "correct horse": { list: [1, null, true, ["correct horse"]] },
      "correct%20horse": 5,
      count: 5,
    }),
    parent_tool_use_id: "correct horse",
  });
  const before = JSON.stringify(given);
  assertEquals(
    event(given),
    {
      ...given,
      input: {
        command: "echo [redacted]",
        "[redacted]": { list: [1, null, true, ["[redacted]"]] },
        "[redacted] 2": 5,
        count: 5,
      },
      parent_tool_use_id: "[redacted]",
    } as unknown as typeof given,
  );
  assertEquals(JSON.stringify(given), before, "the given event is not changed");
  const task: EventBody<"task"> = { type: "task", task_id: "completed", status: "completed" };
  const ended = event(stamp(task));
  assert(ended.type === "task");
  assertEquals([ended.status, ended.task_id], ["completed", "[redacted]"]);
  const nothing = stamp(START);
  assertStrictEquals(event(nothing), nothing);
});

Deno.test("an error's kind and an exit's reason stay what they are", () => {
  const { event } = createRedactor({ A_PASSWORD: "terminate" });
  const error = event(stamp({
    type: "error",
    error: { kind: "terminate", message: "told to terminate" },
  }));
  assert(error.type === "error");
  assertEquals(error.error, { kind: "terminate", message: "told to [redacted]" });
});

Deno.test("values that are nested without end do no harm", () => {
  const deep = JSON.parse(`${'{"a":['.repeat(3_000)}"correct horse"${"]}".repeat(3_000)}`);
  const { json } = createRedactor({ MY_TOKEN: "correct horse" });
  assert(!JSON.stringify(json(deep)).includes("correct horse"));
  const proto = JSON.parse('{"__proto__":{"x":"correct horse"}}');
  assertEquals(JSON.stringify(json(proto)), '{"__proto__":{"x":"[redacted]"}}');
});

Deno.test("a search for many secrets finds what a search for each would find", () => {
  const random = makeRandom(3);
  const alphabet = ["a", "b", "-", "é", "🎉"];
  const letters = (count: number) =>
    Array.from({ length: count }, () => random.pick(alphabet)).join("");
  for (let round = 0; round < 100; round++) {
    const secrets = Array.from({ length: 5 }, () => `x${letters(7 + random.below(6))}`);
    const env = Object.fromEntries(secrets.map((secret, n) => [`A${n}_TOKEN`, secret]));
    const known = envSecrets(env);
    let text = "";
    while (text.length < 300) {
      text += random.pick([letters(9), random.pick(secrets), random.pick(secrets).slice(0, 8)]);
    }
    const hidden = new Set<number>();
    for (const secret of known) {
      for (let at = text.indexOf(secret); at !== -1; at = text.indexOf(secret, at + 1)) {
        for (let n = at; n < at + secret.length; n++) hidden.add(n);
      }
    }
    let expected = "";
    for (let at = 0; at < text.length; at++) {
      if (!hidden.has(at)) expected += text[at];
      else if (!hidden.has(at - 1)) expected += "[redacted]";
    }
    assertEquals(createRedactor(env).text(text), expected);
  }
});

Deno.test("megabytes are redacted in a moment, whatever they consist of", () => {
  const { text } = createRedactor({
    A_TOKEN: "aaaaaaaaab",
    B_TOKEN: key("", 40),
    C_TOKEN: 'a"\\b c\nd e',
  });
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
    "[0;0;0;",
    "\x1b[0;0;0;",
    "\x1b]0;",
    "\x9d",
    "a\0",
    "a\u200b",
    "\\u200b",
    "abcdefghijklmnop\n",
    "x-api-key:a.b.c.d.e.f.g.h.i.j.k.l ",
    "_authToken=${",
    "://a:a@",
    "\\\\\\\\",
    " ",
    "AKIA",
    "xoxb-",
  ];
  for (const piece of pieces) {
    // A second for all of them; where the time grew with the square, it would be hours.
    const sample = piece.repeat(Math.ceil(2_000_000 / piece.length));
    assert(text(sample).length <= sample.length + "[redacted]".length, JSON.stringify(piece));
  }
  assertNotEquals(text(key("ghp_", 36)), key("ghp_", 36));
});

Deno.test("a result of 10 MB is redacted", () => {
  const { event } = createRedactor({ A_TOKEN: "correct horse" });
  const large = event(stamp(answer(`${"all is well. ".repeat(800_000)}correct horse`)));
  assert(large.type === "result");
  assert(large.text.endsWith("well. [redacted]"));
});

/** What a terminal, or a person, does not see in the midst of a text. */
const UNSEEN = [
  "\x1b[01;31m\x1b[K",
  "\x1b[m\x1b[K",
  "\x1b[38;2;1;2;3m",
  "\x9b1m",
  "\x1b]8;;https://example.com\x1b\\",
  "\x1b]0;title\x07",
  "\x1b(B",
  "\0",
  "\b",
  "\u200b",
  "\u2060",
  "\ufeff",
  "\u00ad",
  "\u202e",
  "\ufe0f",
  "\u{e0001}",
  "\\u001b[31m",
  "\\\\u001B[0m",
  "\\x1b[1;31m",
  "\\033[0m",
  "\\e[1m",
  "^[[31m",
  "\\u200b",
];

Deno.test("colours and characters that nobody sees hide no secret, wherever they are in it", () => {
  const secret = "correct-horse-42";
  const { text } = createRedactor({ MY_TOKEN: secret });
  const known = key("ghp_", 36);
  for (const unseen of UNSEEN) {
    for (const hidden of [secret, btoa(secret), known]) {
      for (let at = 1; at < hidden.length; at++) {
        const written = hidden.slice(0, at) + unseen + hidden.slice(at);
        const redacted = text(`a ${written} b, ${written}`);
        const parts = redacted.split(/a |\[redacted\]| b, /).join("");
        // Of Base64 what belongs to something else is left.
        assert(
          parts.replaceAll(unseen, "").length <= 2 * 4,
          `${JSON.stringify(written)} ${redacted}`,
        );
        if (hidden !== btoa(secret)) assertEquals(redacted, "a [redacted] b, [redacted]");
      }
    }
    assertEquals(text(`x${unseen}${secret}${unseen}y`), `x${unseen}[redacted]${unseen}y`);
  }
  const all = [...secret].join("\x1b[31m\u200b");
  assertEquals(text(`a ${all} b`), "a [redacted] b");
});

Deno.test("what is a secret only with its escapes, or as it stands, is found as well", () => {
  // ESC c is a sequence, too.
  assertEquals(redacted("\x1bcorrect-horse-42", { A_TOKEN: "correct-horse-42" }), "\x1b[redacted]");
  const odd = "a\u200bb\x1b[1mc-1234567";
  assertEquals(redacted(`x ${odd} y`, { A_TOKEN: odd }), "x [redacted] y");
  assertEquals(redacted("x abc-1234567 y", { A_TOKEN: odd }), "x [redacted] y");
});

Deno.test("of a text with colours everywhere exactly the secrets go", () => {
  const random = makeRandom(11);
  const { text } = createRedactor({ A_TOKEN: "ab-ba-ab-1", B_TOKEN: "ba-ab-1-abba" });
  const unseen = new RegExp("\x1b\\[\\d*m|\u200b|\u{e0001}", "gu");
  const strip = (coloured: string) => coloured.replace(unseen, "");
  for (let round = 0; round < 500; round++) {
    let coloured = "";
    while (coloured.length < 200) {
      coloured += random.pick(["a", "b", "-", "ab", "-1", "ab-ba-ab-1", "-1-abba", " "]);
      if (random.below(3) === 0) {
        coloured += random.pick(["\x1b[31m", "\x1b[m", "\u200b", "\u{e0001}"]);
      }
    }
    assertEquals(strip(text(coloured)), text(strip(coloured)));
  }
});

Deno.test("Base64 that is wrapped, indented or numbered is searched as if it were in one line", () => {
  const secret = `s3cr3t-${"Zq7".repeat(30)}x`;
  const { text } = createRedactor({ MY_TOKEN: secret });
  for (const before of ["", "u", "user:"]) {
    const encoded = btoa(`${before}${secret}\n`);
    for (const width of [40, 64, 76]) {
      const lines = encoded.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
      for (
        const end of [
          "\n",
          "\r\n",
          "\\n",
          "\\\\n",
          "\\r\\n",
          "\n    ",
          "\n     2\u2192",
          "\n  12\t",
          "\x1b[m\n",
        ]
      ) {
        const rest = text(`see: ${lines.join(end)} so`);
        assert(rest.startsWith("see: ") && rest.endsWith(" so"), rest);
        assert(
          rest.length <= "see: [redacted] so".length + 14,
          `${width} ${JSON.stringify(end)} ${rest}`,
        );
      }
    }
  }
  const prose = "some/path/that/is/long\nanother_line_of_words\nand more\n";
  assertStrictEquals(text(prose), prose);
});

Deno.test("a value is found as hexadecimal digits", () => {
  const { text } = createRedactor({ MY_TOKEN: "correct-hörse" });
  const hex = "636f72726563742d68c3b6727365";
  assertEquals(text(`${hex}0a ${hex.toUpperCase()}`), "[redacted]0a [redacted]");
  assertEquals(text(`${hex.slice(0, 20)}\n${hex.slice(20)}`), "[redacted]");
});

Deno.test("a job with a database has no secrets in postgres, production and the like", () => {
  const env = {
    POSTGRES_PASSWORD: "postgres",
    MYSQL_ROOT_PASSWORD: "rootroot",
    RABBITMQ_DEFAULT_PASS: "rabbitmq",
    DATABASE_URL: "postgres://postgres:postgres@localhost:5432/app",
    CACHE_URL: "redis://something8:something8@cache",
    DEPLOY_KEY: "production",
    OTHER_TOKEN: "${{ secrets.TOKEN }}",
    MORE_TOKEN: "<your-token>",
  };
  assertEquals(envSecrets(env), []);
  const said = "src/db/postgres.ts, postgresql://localhost, rootroot, rabbitmq:3, production";
  assertEquals(redacted(said, env), said);
  const { text } = createRedactor({});
  assertEquals(text("postgres://postgres:postgres@db"), "postgres://postgres:postgres@db");
  assertEquals(text("postgres://ada:postgr3s@db"), "postgres://ada:[redacted]@db");
});

Deno.test("a password that is a plain word goes where it is a word by itself, and nowhere else", () => {
  const { text, name, event } = createRedactor({ DB_PASSWORD: "hunterpass" });
  for (
    const said of [
      "%s",
      "(%s)",
      "'%s'",
      "is %s.",
      "password=%s",
      "a:%s@host",
      "x\\n%s\\n",
      "%s, %s",
    ]
  ) {
    const [given, expected] = ["hunterpass", "[redacted]"].map((word) =>
      said.replaceAll("%s", word)
    );
    assertEquals(text(given ?? ""), expected);
  }
  for (
    const said of [
      "hunterpasses",
      "ahunterpass",
      "src/hunterpass/a",
      "hunterpass.ts",
      "my-hunterpass",
      "hunterpass-2",
      "hunterpass_x",
      "$hunterpass",
      "a.hunterpass",
      "hunterpass()",
      "éhunterpass",
    ]
  ) assertEquals(text(said), said);
  assert(text(btoa("hunterpass")).startsWith("[redacted]"));
  assertEquals(name("hunterpass"), "hunterpass");
  const given = stamp(use("1", "Bash", { hunterpass: "hunterpass", "correct-horse-9": 1 }));
  const clean = event(given);
  assert(clean.type === "tool_use");
  assertEquals(clean.input, { hunterpass: "[redacted]", "correct-horse-9": 1 });
  // Longer ones, and those of more than letters, are no words.
  assertEquals(redacted("xhunterpasses1x", { A_TOKEN: "hunterpasses1" }), "x[redacted]x");
  assertEquals(
    redacted("xcorrecthorsebatteryx", { A_TOKEN: "correcthorsebattery" }),
    "x[redacted]x",
  );
});

Deno.test("of a file of settings the lines go that tell something, and the secrets in lines", () => {
  const config = [
    "apiVersion: v1",
    "clusters:",
    "contexts:",
    "preferences: {}",
    "kind: Config",
    "users:",
    "- name: dev-1",
    "  token: abc-def-1",
    '  password: "swordfish-2"',
    "  client-key-data: TFMwdExTMUNSVWRK",
    "-----BEGIN CERTIFICATE-----",
    "line-of-9",
  ];
  const { text } = createRedactor({ KUBE_CREDENTIALS: `${config.join("\n")}\n` });
  const said =
    "apiVersion: v1 clusters: contexts: preferences: {} kind: Config -----BEGIN CERTIFICATE-----";
  assertEquals(text(said), said);
  for (const secret of ["abc-def-1", "swordfish-2", "TFMwdExTMUNSVWRK", "line-of-9"]) {
    assertEquals(text(`a ${secret} b`), "a [redacted] b");
  }
});

Deno.test("code and instructions that only name a secret are left alone", () => {
  const texts = [
    'headers: { "x-api-key": process.env.ANTHROPIC_API_KEY }',
    "x-api-key: os.environ.SOME_LONG_NAME_2",
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
  // A real one beside it, or in it, goes.
  const token = key("", 30);
  assertEquals(
    redacted(`x-api-key: process.env.A_KEY_OF_MINE x-api-key: ${token}`),
    "x-api-key: process.env.A_KEY_OF_MINE x-api-key: [redacted]",
  );
  assertEquals(redacted(`_authToken=\${${key("ghp_", 36)}}`), "_authToken=${[redacted]}");
  assertEquals(redacted("https://a:correct.horse@b"), "https://a:[redacted]@b");
  assertEquals(redacted("https://a:$ecr3t@b"), "https://a:[redacted]@b");
});
