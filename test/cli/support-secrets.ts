import { randomBytes } from 'node:crypto';

/** No two runs have the same, so that none can be hidden by accident. */
const fresh = (prefix: string): string => `${prefix}-${randomBytes(9).toString('hex')}`;

/** Every secret that an operator is set up with, each in a variable that knows it for one. */
export function settings(upstream: string, redisPort: number) {
  const secrets = {
    webhookToken: fresh('wht'),
    signozToken: fresh('snt'),
    basicPassword: fresh('pw/+'),
    apiToken: fresh('api'),
    redisPassword: fresh('redis-pw'),
    botToken: `7123456789:${randomBytes(24).toString('base64url')}ABC`,
    telegramSecret: fresh('tgs').replaceAll('-', '_'),
    sentryToken: fresh('sentry'),
    sentryClientSecret: fresh('client'),
    sentryUrlToken: fresh('urltoken'),
    signozApiKey: fresh('sgz'),
    analyserKey: fresh('ana'),
    alertmanagerToken: fresh('am'),
    prometheusToken: fresh('prom'),
    webhookKey: fresh('hook'),
    webhookSecret: fresh('sign'),
  };
  const env: Readonly<Record<string, string>> = {
    AWOOOI_WEBHOOK_TOKENS: secrets.webhookToken,
    AWOOOI_SIGNOZ_TOKENS: secrets.signozToken,
    AWOOOI_WEBHOOK_BASIC: `am:${secrets.basicPassword}`,
    AWOOOI_API_TOKENS: `demo:${secrets.apiToken}`,
    REDIS_URL: `redis://:${secrets.redisPassword}@127.0.0.1:${redisPort}`,
    TG_BOT_TOKEN: secrets.botToken,
    TG_CHAT_ID: '-1001234567890',
    TG_API_ROOT: upstream,
    TG_WEBHOOK_SECRETS: secrets.telegramSecret,
    SENTRY_API_URL: upstream,
    SENTRY_ORG: 'acme',
    SENTRY_API_TOKEN: secrets.sentryToken,
    SENTRY_CLIENT_SECRETS: secrets.sentryClientSecret,
    SENTRY_URL_TOKENS: secrets.sentryUrlToken,
    SIGNOZ_URL: upstream,
    SIGNOZ_API_KEY: secrets.signozApiKey,
    AWOOOI_ANALYSER_URL: `${upstream}/v1`,
    AWOOOI_ANALYSER_MODEL: 'small',
    AWOOOI_ANALYSER_API_KEY: secrets.analyserKey,
    AWOOOI_ALERTMANAGER_URLS: upstream,
    AWOOOI_ALERTMANAGER_AUTHORIZATION: `Bearer ${secrets.alertmanagerToken}`,
    AWOOOI_PROMETHEUS_URL: upstream,
    AWOOOI_PROMETHEUS_AUTHORIZATION: `Bearer ${secrets.prometheusToken}`,
    AWOOOI_OUTGOING_WEBHOOK_URL: `${upstream}/hooks/${secrets.webhookKey}`,
    AWOOOI_OUTGOING_WEBHOOK_SECRET: secrets.webhookSecret,
  };
  return { secrets, env };
}

/** Secrets that stand in no setting: in objects, in logs and in a Secret that nobody may read. */
export function elsewhere() {
  return {
    heartbeatKey: fresh('ping'),
    notifyKey: fresh('notify'),
    annotation: fresh('note'),
    patched: fresh('patch'),
    plainVariable: fresh('plain'),
    argument: fresh('arg'),
    inSecret: fresh('kept'),
    assigned: fresh('assigned'),
    bearer: fresh('bearer'),
    userinfo: fresh('userinfo'),
    query: fresh('query'),
    masked: fresh('word'),
  };
}

/** All ways in which one could read it: raw, for a URL, and in base64 wherever it begins in what was encoded. */
export function spellings(secret: string): readonly string[] {
  const inBase64 = [0, 1, 2].map(before => {
    const encoded = Buffer.from(`${'\u0000'.repeat(before)}${secret}`)
      .toString('base64')
      .replace(/=+$/, '');
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + secret.length) * 8) / 6));
  });
  const hex = Buffer.from(secret).toString('hex');
  return [...new Set([secret, encodeURIComponent(secret), hex, ...inBase64])];
}

/** Lines as programs write them, with each secret that is known from a setting in every spelling. */
export function loggedWords(known: readonly string[], other: ReturnType<typeof elsewhere>): string {
  const lines = known.flatMap(secret => [
    `raw ${secret} end`,
    `url https://h.example/x?a=${encodeURIComponent(secret)}&b=1`,
    `base64 ${Buffer.from(secret).toString('base64')}`,
    `within ${Buffer.from(`user:${secret}`).toString('base64')}`,
    JSON.stringify({ level: 'error', err: { message: `refused ${secret}`, body: JSON.stringify({ said: secret }) } }),
  ]);
  const shaped = [
    `DB_PASSWORD=${other.assigned}`,
    `Authorization: Bearer ${other.bearer}`,
    `connecting to postgres://app:${other.userinfo}@db:5432/app`,
    `GET https://h.example/hook?key=${other.query}`,
    JSON.stringify({ msg: 'config', inner: JSON.stringify({ password: other.assigned }) }),
    `a bare word that only --mask-file knows: ${other.masked}`,
    'a harmless line that has to stay',
  ];
  return `${[...lines, ...shaped].join('\n')}\n`;
}
