import { describe, expect, it } from 'vitest';
import { type Config, loadCliConfig, loadConfig, strangers } from './load.ts';

const SECRET = 'hunter2-hunter2';

/** Files that can be changed and taken away while a configuration is in use. */
function surroundings(env: Record<string, string>, files: Record<string, string> = {}) {
  return {
    env: { AWOOOI_WEBHOOK_TOKENS: 'valid-token', ...env },
    readFile(path: string): string {
      const text = files[path];
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`);
      return text;
    },
  };
}

function config(env: Record<string, string> = {}, files: Record<string, string> = {}) {
  const loaded = loadConfig(surroundings(env, files));
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

function problems(env: Record<string, string>, files: Record<string, string> = {}): readonly string[] {
  const loaded = loadConfig(surroundings(env, files));
  return loaded.ok ? [] : loaded.problems;
}

describe('loadConfig', () => {
  it('fills in the defaults', () => {
    const { kubernetes, server, redis, auth, network, probes, signoz, log } = config();
    expect({ kubernetes, server, network, probes, log }).toEqual({
      kubernetes: {
        kubeconfig: undefined,
        identity: undefined,
        service: undefined,
        namespaces: [],
        podNamespace: 'awoooi-system',
        leaseDurationMs: 15_000,
        renewDeadlineMs: 10_000,
        retryPeriodMs: 2_000,
      },
      server: { listenAddress: '0.0.0.0', apiPort: 8000, opsPort: 8081, publicUrl: undefined },
      network: { deny: [], allow: [] },
      probes: { maxConcurrentRuns: 64 },
      log: { level: 'info' },
    });
    expect(redis.url.current()).toBe('redis://127.0.0.1:6379');
    expect(auth.webhookTokens.current()).toEqual(['valid-token']);
    expect([auth.webhookBasic.current(), auth.apiTokens.current(), auth.allowUnauthenticated]).toEqual([[], [], false]);
    expect(signoz).toEqual({ url: undefined, apiKey: undefined, namespaces: [] });
  });

  it('carries out no repair unless it is told to', () => {
    expect(config().repairs.execution).toBe('off');
    expect(config({ AWOOOI_REPAIR_EXECUTION: ' ' }).repairs.execution).toBe('off');
    expect(config({ AWOOOI_REPAIR_EXECUTION: 'on' }).repairs.execution).toBe('on');
  });

  it.each<[string, Record<string, string>, (config: Config) => unknown, unknown]>([
    ['namespaces', { AWOOOI_NAMESPACES: ' a, b-1 ,,' }, c => c.kubernetes.namespaces, ['a', 'b-1']],
    ['a port', { AWOOOI_API_PORT: '9000' }, c => c.server.apiPort, 9000],
    ['an empty variable as unset', { AWOOOI_API_PORT: ' ' }, c => c.server.apiPort, 8000],
    ['a URL without its last slash', { AWOOOI_PUBLIC_URL: 'https://a.example/x/' }, c => c.server.publicUrl, 'https://a.example/x'],
    ['addresses', { AWOOOI_DENY_ADDRESSES: '10.0.0.0/8,[fd00::1]:443,::1,1.2.3.4:80' }, c => c.network.deny.length, 4],
    ['a duration', { AWOOOI_LEASE_DURATION: '1m' }, c => c.kubernetes.leaseDurationMs, 60_000],
    [
      'several tokens',
      { AWOOOI_WEBHOOK_TOKENS: 'first-token\nsecond-token,' },
      c => c.auth.webhookTokens.current(),
      ['first-token', 'second-token'],
    ],
    [
      'a password with colons',
      { AWOOOI_WEBHOOK_BASIC: 'am:pass:word:1' },
      c => c.auth.webhookBasic.current(),
      [{ username: 'am', password: 'pass:word:1' }],
    ],
    ['named tokens', { AWOOOI_API_TOKENS: 'ci:12345678' }, c => c.auth.apiTokens.current(), [{ name: 'ci', token: '12345678' }]],
    [
      'no credentials at all, when told so',
      { AWOOOI_WEBHOOK_TOKENS: '', AWOOOI_ALLOW_UNAUTHENTICATED: '1' },
      c => c.auth.allowUnauthenticated,
      true,
    ],
    [
      'where a pod finds the API server',
      { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
      c => c.kubernetes.service,
      { host: '10.0.0.1', port: '443', serviceAccountDir: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ],
    ['Redis Sentinel', { REDIS_URL: 'rediss+sentinel://a:1,b:2/m' }, c => c.redis.url.current(), 'rediss+sentinel://a:1,b:2/m'],
  ])('reads %s', (_, env, pick, expected) => {
    expect(pick(config(env))).toEqual(expected);
  });

  it.each<[string, Record<string, string>, string]>([
    ['a port that is none', { AWOOOI_API_PORT: '70000' }, 'AWOOOI_API_PORT is "70000": give a port from 1 to 65535'],
    [
      'the port that a Service link sets',
      { AWOOOI_API_PORT: 'tcp://10.0.0.1:8000' },
      'AWOOOI_API_PORT is "tcp://10.0.0.1:8000", which Kubernetes sets for a Service of that name: set enableServiceLinks to false in the pod, or: give a port',
    ],
    ['one port for both', { AWOOOI_OPS_PORT: '8000' }, 'AWOOOI_OPS_PORT must differ from AWOOOI_API_PORT'],
    ['a level', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL is "loud": give trace, debug, info, warn, error, fatal or silent'],
    ['a URL', { AWOOOI_PUBLIC_URL: 'example.com' }, 'AWOOOI_PUBLIC_URL is "example.com": give an http:// or https:// URL'],
    ['a URL with credentials', { AWOOOI_PUBLIC_URL: `http://u:${SECRET}@h/` }, 'AWOOOI_PUBLIC_URL is "http://***@h/": give'],
    ['an address', { AWOOOI_ALLOW_ADDRESSES: 'localhost' }, 'AWOOOI_ALLOW_ADDRESSES is "localhost": give addresses or CIDR blocks'],
    ['a number', { AWOOOI_MAX_CONCURRENT_RUNS: '0' }, 'AWOOOI_MAX_CONCURRENT_RUNS is "0": give a whole number from 1 to 10000'],
    ['a namespace', { AWOOOI_NAMESPACES: 'Prod' }, 'AWOOOI_NAMESPACES is "Prod": give names of namespaces'],
    ['yes and no', { AWOOOI_ALLOW_UNAUTHENTICATED: 'maybe' }, 'AWOOOI_ALLOW_UNAUTHENTICATED is "maybe": give true or false'],
    ['a lease', { AWOOOI_LEASE_DURATION: '10s' }, 'AWOOOI_LEASE_RENEW_DEADLINE must be shorter than AWOOOI_LEASE_DURATION'],
    ['no way to sign in', { AWOOOI_WEBHOOK_TOKENS: '' }, 'AWOOOI_WEBHOOK_TOKENS is not set, and neither is AWOOOI_WEBHOOK_BASIC: set one'],
    ['incidents that are forgotten at once', { AWOOOI_INCIDENT_RETENTION: '0s' }, 'AWOOOI_INCIDENT_RETENTION must be 1h at least'],
    [
      'incidents that are forgotten before they are told',
      { AWOOOI_INCIDENT_RETENTION: '2d' },
      'AWOOOI_INCIDENT_RETENTION must be 1h at least, and no shorter than AWOOOI_DELIVERY_GIVE_UP_AFTER',
    ],
    [
      'a webhook without an address',
      { TG_BOT_TOKEN: '1:a', TG_CHAT_ID: '7', TG_UPDATES: 'webhook', TG_WEBHOOK_SECRETS: SECRET, TG_ALLOWED_USER_IDS: '7' },
      'AWOOOI_PUBLIC_URL must be set together with TG_UPDATES=webhook',
    ],
    ['half of a connection', { SIGNOZ_URL: 'http://signoz:8080' }, 'SIGNOZ_API_KEY must be set together with SIGNOZ_URL'],
    [
      'a credential for nobody',
      { AWOOOI_PROMETHEUS_AUTHORIZATION: `Bearer ${SECRET}` },
      'AWOOOI_PROMETHEUS_URL must be set together with AWOOOI_PROMETHEUS_AUTHORIZATION',
    ],
    [
      'a short token',
      { AWOOOI_WEBHOOK_TOKENS: 'short' },
      'AWOOOI_WEBHOOK_TOKENS is wrong (a token is shorter than 8 characters): give tokens',
    ],
    ['a token without a name', { AWOOOI_API_TOKENS: SECRET }, 'AWOOOI_API_TOKENS is wrong (an entry is not name:token'],
    ['a Redis URL', { REDIS_URL: `http://:${SECRET}@r` }, 'REDIS_URL is wrong (it is no such URL): give a URL that begins with redis://'],
    [
      'a missing file',
      { REDIS_URL_FILE: '/none' },
      "REDIS_URL_FILE names a file that cannot be read (ENOENT: no such file or directory, open '/none'): mount it or correct the path",
    ],
    [
      'a severity',
      { TG_SEVERITY_CHATS: 'high=7' },
      'TG_SEVERITY_CHATS is "high=7": give severity=chat entries separated by commas, such as critical=-1001234567890, each with a severity of critical, error, warning, info, none',
    ],
    [
      'a time zone',
      { AWOOOI_QUIET_HOURS: '22:00-07:00 Asia/Nowhere' },
      'AWOOOI_QUIET_HOURS is "22:00-07:00 Asia/Nowhere" (there is no such time zone): give',
    ],
    ['a short secret', { SENTRY_CLIENT_SECRETS: 'short' }, 'SENTRY_CLIENT_SECRETS is wrong (a secret is shorter than 8 characters)'],
    [
      'a file and a value',
      { AWOOOI_WEBHOOK_TOKENS_FILE: '/none' },
      'AWOOOI_WEBHOOK_TOKENS and AWOOOI_WEBHOOK_TOKENS_FILE are both set: keep one',
    ],
  ])('objects to %s', (_, env, sentence) => {
    expect(problems(env).filter(text => text.startsWith(sentence))).toHaveLength(1);
    expect(problems(env).join('\n')).not.toContain(SECRET);
  });

  it('names all problems at once, of every part', () => {
    const all = problems({ AWOOOI_API_PORT: 'x', AWOOOI_OPS_PORT: '-1', LOG_LEVEL: 'y', REDIS_URL: 'z', AWOOOI_LEASE_DURATION: '1' });
    expect(all.map(text => text.split(' ')[0])).toEqual([
      'AWOOOI_LEASE_DURATION',
      'AWOOOI_API_PORT',
      'AWOOOI_OPS_PORT',
      'REDIS_URL',
      'LOG_LEVEL',
    ]);
  });

  it('names what several do wrong together also where another is wrong, and blames none that is', () => {
    const telegram = { TG_BOT_TOKEN: '1:a', TG_UPDATES: 'webhook', TG_ALLOWED_USER_IDS: '7' };
    const all = problems({ ...telegram, TG_CHAT_ID: 'me', LOG_LEVEL: 'y' });
    const names = ['AWOOOI_PUBLIC_URL', 'LOG_LEVEL', 'TG_CHAT_ID', 'TG_WEBHOOK_SECRETS'];
    expect(new Set(all.map(text => text.split(' ')[0]))).toEqual(new Set(names));
  });

  it('reads a credential from its file anew, and keeps the last good one', () => {
    const files: Record<string, string> = { '/t': 'first-token\n' };
    const { auth } = config({ AWOOOI_WEBHOOK_TOKENS: '', AWOOOI_WEBHOOK_TOKENS_FILE: '/t' }, files);
    expect(auth.webhookTokens.current()).toEqual(['first-token']);
    files['/t'] = 'second-token\nthird-token\n';
    expect(auth.webhookTokens.current()).toEqual(['second-token', 'third-token']);
    files['/t'] = 'short';
    expect(auth.webhookTokens.current()).toEqual(['second-token', 'third-token']);
    delete files['/t'];
    expect(auth.webhookTokens.current()).toEqual(['second-token', 'third-token']);
  });

  it('refuses an empty credential file at the start', () => {
    const env = { AWOOOI_WEBHOOK_TOKENS: '', AWOOOI_WEBHOOK_TOKENS_FILE: '/t' };
    expect(problems(env, { '/t': '\n' })[0]).toContain('AWOOOI_WEBHOOK_TOKENS_FILE is wrong (the file is empty)');
  });
});

it('names variables that look like ours and are none, with the nearest', () => {
  const env = {
    AWOOOI_WEBHOOK_TOKEN: 'x',
    TG_CHATID: '7',
    AWOOOI_REDIS: '',
    TG_BOT_TOKEN_FILE: '/t',
    AWOOOI_FAILPOINT: 'x',
    AWOOOI_API_BASE: 'http://a',
    AWOOOI_OPERATOR_SERVICE_HOST: '10.0.0.1',
    AWOOOI_OPERATOR_PORT_8000_TCP: 'tcp://10.0.0.1:8000',
    HOME: '/',
  };
  expect(strangers(surroundings(env))).toEqual([
    expect.stringMatching(/^AWOOOI_REDIS is not read: did you mean /),
    'AWOOOI_WEBHOOK_TOKEN is not read: did you mean AWOOOI_WEBHOOK_TOKENS?',
    'TG_CHATID is not read: did you mean TG_CHAT_ID?',
  ]);
});

describe('loadCliConfig', () => {
  it('needs nothing of the operator', () => {
    const loaded = loadCliConfig({ env: { TG_BOT_TOKEN: '123:abc_DEF' }, readFile: () => '' });
    expect(loaded.ok && [loaded.config.cli.apiBase, loaded.config.cli.telegramBotToken?.current()]).toEqual([
      'http://localhost:8000',
      '123:abc_DEF',
    ]);
  });

  it('says of a token whose file is not there that it is not', () => {
    const loaded = loadCliConfig(surroundings({ AWOOOI_API_TOKEN_FILE: '/none' }));
    expect(loaded.ok ? [] : loaded.problems).toEqual([
      "AWOOOI_API_TOKEN_FILE names a file that cannot be read (ENOENT: no such file or directory, open '/none'): mount it or correct the path",
    ]);
  });

  it('names what is wrong', () => {
    const loaded = loadCliConfig({ env: { TG_CHAT_ID: 'me', TG_BOT_TOKEN: SECRET }, readFile: () => '' });
    expect(loaded.ok ? [] : loaded.problems).toEqual([
      'TG_BOT_TOKEN is wrong (it is no such token): give the token of a bot, such as BotFather gives it',
      'TG_CHAT_ID is "me": give the numeric id of a chat, or the @name of a channel',
    ]);
  });
});
