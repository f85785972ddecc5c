import type { Row } from './rendered.ts';

/** What the Prometheus operator and the Gateway API bring. */
export const MONITORING = ['monitoring.coreos.com/v1/ServiceMonitor', 'monitoring.coreos.com/v1/PrometheusRule'];
export const GATEWAY = ['gateway.networking.k8s.io/v1/HTTPRoute'];

const TOKENS = {
  AWOOOI_WEBHOOK_TOKENS: 'webhook-token-0123',
  AWOOOI_API_TOKENS: 'me:api-token-0123',
  AWOOOI_WEBHOOK_TOKEN: 'webhook-token-0123',
  AWOOOI_API_TOKEN: 'api-token-0123',
};
const OWN_REDIS = {
  REDIS_PASSWORD: 'redis-password-0123',
  REDIS_URL: 'redis://:redis-password-0123@awoooi-operator-redis.awoooi-system.svc:6379/0',
  'password.conf': 'requirepass redis-password-0123\n',
};
const PRODUCTION = {
  'awoooi-tokens': TOKENS,
  'awoooi-redis': { REDIS_URL: 'rediss://:redis-password-0123@redis.example.com:6380/0' },
  'awoooi-telegram': { 'bot-token': '123456:ABC-DEF' },
  'sentry-api-token': { SENTRY_API_TOKEN: 'sntrys_token' },
  'sentry-webhook': { SENTRY_CLIENT_SECRETS: 'client-secret-0123' },
};

const external = (name: string, url: string, more: object = {}): Row => ({ name, values: { redis: { external: { url } }, ...more } });

/** The ways in which the chart is tried as a whole; single values have tests of their own. */
export const ROWS: readonly Row[] = [
  { name: 'the defaults' },
  { name: 'one replica', values: { replicas: 1 } },
  { name: 'three replicas', values: { replicas: 3, podDisruptionBudget: { maxUnavailable: 2 } } },
  { name: 'namespaces that are listed', values: { namespaces: ['shop', '1234'] } },
  { name: 'repairs in two namespaces', values: { repair: { execution: true, namespaces: ['shop', 'payments'] } } },
  external('a Redis of one’s own', 'redis://redis.example.com:6379/3'),
  external('Sentinel', 'redis+sentinel://s-0.example.com:26379,s-1.example.com:26379/mymaster'),
  external('a Redis Cluster', 'redis+cluster://c-0.example.com:6379,c-1.example.com:6379'),
  external('Redis with TLS and an authority of one’s own', 'rediss://redis.example.com:6380', {
    caBundle: { configMap: 'company-ca', key: 'roots.pem' },
  }),
  {
    name: 'REDIS_URL in a Secret of one’s own',
    values: { credentials: { REDIS_URL: { secret: 'cache', key: 'url' } } },
    secrets: { cache: { url: 'redis+sentinel://:password@s-0.example.com/mymaster' } },
  },
  { name: 'Secrets that are ordinary objects', values: { secretsBy: 'Resource' } },
  { name: 'existing Secrets', values: { existingSecret: 'tokens' }, secrets: { tokens: TOKENS } },
  {
    name: 'credentials of many kinds',
    values: {
      credentials: {
        SENTRY_API_TOKEN: { secret: 'sentry-api-token' },
        TG_BOT_TOKEN: { secret: 'telegram', key: 'bot' },
        AWOOOI_WEBHOOK_TOKENS: { secret: '1234', key: 'senders' },
      },
      settings: { TG_CHAT_ID: '-1001234567890', AWOOOI_QUIET_HOURS: '22:00-07:00 Asia/Taipei', AWOOOI_LANGUAGE: 'zh-TW' },
    },
    secrets: {
      'sentry-api-token': { SENTRY_API_TOKEN: 'sntrys_token' },
      telegram: { bot: '123456:ABC-DEF' },
      '1234': { senders: 'webhook-token-0123' },
    },
  },
  {
    name: 'doors to the outside',
    values: {
      publicUrl: 'https://awoooi.example.com',
      ingress: {
        enabled: true,
        host: 'awoooi.example.com',
        annotations: { a: 'b' },
        tls: [{ secretName: 'tls', hosts: ['awoooi.example.com'] }],
      },
      httpRoute: { enabled: true, parentRefs: [{ name: 'public', namespace: 'gateways' }], hostnames: ['awoooi.example.com'] },
      networkPolicy: { enabled: true },
      service: { type: 'LoadBalancer', port: 80, annotations: { a: 'b' } },
    },
    apiVersions: GATEWAY,
  },
  {
    name: 'where the Prometheus operator is',
    values: { alertmanager: { urls: ['http://am-0.example.com:9093', 'http://am-1.example.com:9093'] }, examples: { enabled: true } },
    apiVersions: MONITORING,
  },
  {
    name: 'a second release of the name',
    namespace: 'team-b',
    values: {
      crds: { install: false },
      rbac: { approverRole: false },
      admissionPolicy: { install: false },
      namespaces: ['shop'],
      repair: { execution: true, namespaces: ['shop'] },
    },
  },
  {
    name: 'names and whereabouts of one’s own',
    release: 'other',
    values: {
      nameOverride: 'alerts',
      commonLabels: { team: 'sre', since: '2026' },
      image: { digest: `sha256:${'0'.repeat(64)}`, pullSecrets: [{ name: 'registry' }] },
      serviceAccount: { name: 'operator', annotations: { a: 'b' } },
      podLabels: { tier: 'control' },
      podAnnotations: { a: 'b' },
      nodeSelector: { disk: 'ssd' },
      tolerations: [{ operator: 'Exists' }],
      affinity: { podAntiAffinity: {} },
      topologySpreadConstraints: [
        { topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', labelSelector: { matchLabels: { tier: 'control' } } },
      ],
      priorityClassName: 'system-cluster-critical',
      redis: {
        podLabels: { tier: 'data' },
        nodeSelector: { disk: 'ssd' },
        tolerations: [{ operator: 'Exists' }],
        persistence: { storageClassName: 'fast', whenDeleted: 'Delete' },
      },
    },
  },
  { name: 'a release with the longest name', release: 'r'.repeat(53), namespace: 'n'.repeat(63), values: { namespaces: ['shop'] } },
  // Kubernetes would take names of these lengths, but not with what is added to them.
  ...[42, 43, 62].map(length => ({
    name: `a name of ${length} characters`,
    values: { fullnameOverride: 'f'.repeat(length), namespaces: ['shop'] },
  })),
  {
    name: 'names that YAML would take for something else',
    release: '42',
    namespace: '1e3',
    values: {
      fullnameOverride: 'alerts',
      namespaces: ['1e3', 'shop', 'shop'],
      repair: { namespaces: ['shop', 'shop'] },
      serviceAccount: { name: '007' },
      priorityClassName: 'on',
      ingress: { enabled: true, host: '*.example.com', className: 'yes', path: '/: #' },
      redis: { persistence: { storageClassName: 'null' } },
    },
  },
  { name: 'examples/values/minimal.yaml', file: 'examples/values/minimal.yaml' },
  { name: 'examples/values/production.yaml', file: 'examples/values/production.yaml', apiVersions: MONITORING, secrets: PRODUCTION },
  {
    name: 'examples/values/gitops.yaml',
    file: 'examples/values/gitops.yaml',
    secrets: { 'awoooi-tokens': TOKENS, 'awoooi-own-redis': OWN_REDIS },
  },
];

/** The row of a name. */
export function rowOf(name: string): Row {
  const found = ROWS.find(row => row.name === name);
  if (found === undefined) throw new Error(`there is no row "${name}"`);
  return found;
}
