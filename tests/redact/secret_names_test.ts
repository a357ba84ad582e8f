import { assertEquals } from "@std/assert";
import { isSecretName } from "../../lib/redact/secret_names.ts";

function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/);
}

Deno.test("isSecretName() distinguishes secrets from values that only describe one", () => {
  const secret = wordsOf(`
    ANTHROPIC_API_KEY ANTHROPIC_AUTH_TOKEN CLAUDE_CODE_OAUTH_TOKEN GITHUB_TOKEN
    ACTIONS_ID_TOKEN_REQUEST_TOKEN AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN CI_JOB_TOKEN
    PGPASSWORD MYSQL_PWD MYSQL_ROOT_PASSWORD DB_PASS SSHPASS REDISCLI_AUTH DOCKER_AUTH_CONFIG
    GOOGLE_CREDENTIALS SSH_PRIVATE_KEY GPG_PRIVATE_KEY SESSION_COOKIE GH_PAT MY_JWT
    SLACK_WEBHOOK_URL myApiKey npm_config_//npm.example.com/:_authToken api-key AUTHTOKEN
    MAX_SECRET
  `);
  const harmless = wordsOf(`
    OLDPWD INIT_CWD HOME PATH SSH_AUTH_SOCK SSH_KEY_PATH GOOGLE_APPLICATION_CREDENTIALS_FILE
    MYSQL_PASSWORD_FILE PASSWORD_STORE_DIR ACTIONS_ID_TOKEN_REQUEST_URL AWS_ACCESS_KEY_ID
    AUTH_METHOD COOKIE_NAME MAX_TOKENS CLAUDE_CODE_MAX_OUTPUT_TOKENS MAX_THINKING_TOKENS
    CACHE_KEY PUBLIC_KEY TOKENIZERS_PARALLELISM GIT_AUTHOR_NAME KEYBOARD_LAYOUT GIT_ASKPASS
    awsAuthRefresh awsCredentialExport BYPASS MONKEY GOPRIVATE COMPASS TOKEN_TTL
  `);
  assertEquals(secret.filter((name) => !isSecretName(name)), []);
  assertEquals(harmless.filter(isSecretName), []);
});
