import type { FastifyInstance } from 'fastify';
import { memoryAlertIntake } from '../../src/adapters/memory/alert-intake.ts';
import { memoryChainState } from '../../src/adapters/memory/chain-state.ts';
import { memoryLearning } from '../../src/adapters/memory/learning.ts';
import { memoryDrillRegistry } from '../../src/adapters/memory/drill-registry.ts';
import { memoryWatchdogSightings } from '../../src/adapters/memory/watchdog-sightings.ts';
import type { AlertChainProbe } from '../../src/crds/alertchainprobe/kind.ts';
import { newNonce } from '../../src/domain/drills/nonce.ts';
import { alertFingerprint } from '../../src/domain/routing/alert-fingerprint.ts';
import { webhookApp } from '../../src/webhook/app.ts';
import type { Credentials } from '../../src/webhook/auth/credentials.ts';
import type { WebhookDeps } from '../../src/webhook/deps.ts';
import { recordingIncidents } from './recording-incidents.ts';

export const SENDER_TOKEN = 'sender-token-0123456789';
export const CLIENT_SECRET = 'client-secret-0123456789';
export const TELEGRAM_SECRET = 'telegram-secret-0123456789';
export const URL_TOKEN = 'url-token-0123456789';
export const API_TOKEN = 'api-token-0123456789';
export const asSender = { authorization: `Bearer ${SENDER_TOKEN}` };
export const asCaller = { authorization: `Bearer ${API_TOKEN}` };

const sender = { bearerTokens: [SENDER_TOKEN], basic: [] };
export const CREDENTIALS: Credentials = {
  alertmanager: sender,
  signoz: sender,
  sentry: { clientSecrets: [CLIENT_SECRET], urlTokens: [URL_TOKEN], replayWindowMs: 300_000 },
  telegram: { webhookSecrets: [TELEGRAM_SECRET] },
  api: [{ name: 'pipeline', token: API_TOKEN }],
  allowUnauthenticated: false,
};

const now = (): Date => new Date();

/** The server over memory adapters, with what it counted and the world that it sees. */
export function webhookWorld(over: Partial<WebhookDeps> = {}) {
  const intake = memoryAlertIntake();
  const drills = memoryDrillRegistry({ now });
  const watchdogs = memoryWatchdogSightings();
  const incidents = recordingIncidents();
  const chain = memoryChainState();
  const probes = new Map<string, AlertChainProbe>();
  const counted: string[] = [];
  const lines: string[] = [];
  const line = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger = { debug: line, info: line, warn: line, error: line, child: () => logger };
  const deps: WebhookDeps = {
    intake,
    drills,
    watchdogs,
    incidents,
    chain,
    told: () => ({ onOpen: ['webhook'], onChange: [], later: [] }),
    settleMs: () => 60_000,
    newRandom: countedIds(),
    truncated: source => void counted.push(`truncated by ${source}`),
    outbox: incidents.outbox,
    learning: memoryLearning({ now }),
    learningMetrics: { outcome: (result, source) => void counted.push(`outcome ${result} ${source}`) },
    changeTold: [],
    probes: { find: async (namespace, name) => probes.get(`${namespace}/${name}`) },
    credentials: () => CREDENTIALS,
    storeWritable: async () => {},
    metrics: {
      received: (source, status, count = 1) => void counted.push(`${source} ${status} ${count}`),
      lastReceived: () => void counted.push('last'),
      webhook: type => void counted.push(`latency ${type}`),
      route: () => {},
      unauthenticated: () => {},
      request: (method, path, status) => void counted.push(`${method} ${path} ${status}`),
    },
    logger,
    now,
    version: '0.0.0-test',
    ...over,
  };
  const app: FastifyInstance = webhookApp(deps);
  return { app, deps, intake, incidents, chain, drills, watchdogs, probes, counted, lines };
}

/** 13 characters, each time others. */
function countedIds(): () => string {
  let n = 0;
  return () => String(n++).padStart(13, '0');
}

/** Registers a nonce that lives for a minute. */
export async function liveNonce({ drills }: Pick<WebhookDeps, 'drills'>): Promise<string> {
  const nonce = newNonce();
  await drills.register([{ nonce, owner: 'test', expiresAt: new Date(Date.now() + 60_000) }], AbortSignal.timeout(5000));
  return nonce;
}

/** One firing alert as Alertmanager sends it. */
export function v4(labels: Readonly<Record<string, string>>, over: object = {}): object {
  const alert = {
    status: 'firing',
    labels,
    annotations: {},
    startsAt: '2026-11-22T19:50:32.753509456Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: '',
    fingerprint: alertFingerprint(labels),
  };
  return { version: '4', groupKey: '{}:{}', truncatedAlerts: 0, status: 'firing', receiver: 'awoooi', alerts: [alert], ...over };
}

export function canaryLabels(nonce: string, over: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { alertname: 'AwoooiCanary', severity: 'none', awoooi_canary: 'true', awoooi_drill: 'true', awoooi_nonce: nonce, ...over };
}

/** Listens on a free loopback port and returns it. */
export async function listening(app: FastifyInstance): Promise<number> {
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return Number(new URL(url).port);
}
