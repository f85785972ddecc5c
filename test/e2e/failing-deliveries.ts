import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisIncidents } from '../../src/adapters/redis/incidents/incidents.ts';
import type { Incident } from '../../src/domain/incidents/incident.ts';
import type { IncidentStore } from '../../src/domain/ports/incident-store.ts';
import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { eventually } from '../parts/eventually.ts';
import { freePort, keptPort } from '../parts/free-port.ts';
import { type OperatorOptions, operatorSpec } from '../parts/operator.ts';
import { answers, startChild } from '../parts/process.ts';
import { startRedis } from '../parts/redis.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { type AnalyserServer, startAnalyser } from '../servers/analyser.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import { type Sentry, startSentry } from '../servers/sentry.ts';
import { startTelegram, type Telegram } from '../servers/telegram.ts';
import { incidentRoutes } from './alerts.ts';
import { UNHEARD } from './people.ts';
import { tellingEnv, USER } from './incident-stage.ts';
import { raiseStage } from './stage.ts';

export const CLIENT_SECRET = 'sentry-client-secret';
/** Private chats: the limits of groups would make a thousand cards take an hour. */
export const ROOMS = Array.from({ length: 60 }, (_, n) => ({ room: `r${n}`, chatId: 5_000 + n }));
const EVERY = 5_000;

/** What outlives the operators that die: all that they tell, and all that is sent to them at one address. */
export interface FailingWorld {
  readonly alertmanager: Alertmanager;
  readonly telegram: Telegram;
  readonly hooks: HttpServer;
  readonly sentry: Sentry;
  readonly analyser: AnalyserServer;
  readonly apiToken: string;
  /** Of whichever operator runs. */
  readonly url: string;
  readonly options: (env: Readonly<Record<string, string>>) => OperatorOptions;
  /** As the store has them, whoever is dead. */
  readonly incidents: () => Promise<readonly Incident[]>;
  stop(): Promise<void>;
}

export async function failingWorld(): Promise<FailingWorld> {
  const [stage, port] = await Promise.all([raiseStage('delivery-failpoints'), keptPort()]);
  const routes = incidentRoutes({ ports: [port], webhookToken: stage.webhookToken, interval: '3s', once: [UNHEARD] });
  const [redis, alertmanager, telegram, hooks, sentry, analyser] = await Promise.all([
    startRedis({ appendOnly: true }),
    startAlertmanager({ version: '0.33', config: routes }),
    startTelegram({ chats: ROOMS.map(({ chatId }) => ({ id: chatId, type: 'private' })) }),
    startHttpServer({ handle: () => ({ status: 200 }) }),
    startSentry({ issues: [] }),
    startAnalyser(),
  ]);
  const connection = connectRedis({ url: redis.url });
  const { incidents } = redisIncidents({ redis: connection, replica: 'reader', reopenWithinMs: 0, retentionMs: 3_600_000 });
  const env = {
    ...tellingEnv({ telegram, hooks }),
    TG_CHAT_ID: String(ROOMS[0]?.chatId),
    TG_LABEL_CHATS: ROOMS.map(({ room, chatId }) => `room=${room}=${chatId}`).join(','),
    TG_ALLOWED_USER_IDS: String(USER.id),
    TG_UPDATES: 'webhook',
    TG_WEBHOOK_SECRETS: 'webhook-secret-1',
    AWOOOI_STORM_THRESHOLD: '0',
    AWOOOI_INCIDENT_SETTLE: '1s',
    AWOOOI_CRITICAL_REPEAT_AFTER: '1s',
    AWOOOI_CRITICAL_ESCALATE_AFTER: '0s',
    AWOOOI_ALERTMANAGER_URLS: alertmanager.url,
    SENTRY_API_URL: sentry.url,
    SENTRY_API_TOKEN: sentry.token,
    SENTRY_ORG: 'acme',
    SENTRY_CLIENT_SECRETS: CLIENT_SECRET,
  };
  return {
    alertmanager,
    telegram,
    hooks,
    sentry,
    analyser,
    apiToken: stage.apiToken,
    url: `http://127.0.0.1:${port}`,
    options: more => ({ ...stage.operator(redis.url, { ...env, ...more }), port }),
    incidents: () => everyIncident(incidents),
    async stop() {
      connection.close();
      await Promise.all([redis, alertmanager, telegram, hooks, sentry, analyser].map(part => part.stop()));
    },
  };
}

async function everyIncident(incidents: IncidentStore): Promise<readonly Incident[]> {
  const found: Incident[] = [];
  let cursor: string | undefined;
  do {
    const page = await incidents.list({ limit: EVERY, ...(cursor !== undefined && { cursor }) }, AbortSignal.timeout(30_000));
    found.push(...page.incidents);
    cursor = page.next;
  } while (cursor !== undefined);
  return found;
}

/** Starts an operator, does this once it is ready or has died before, and resolves with how it ended. */
export async function untilItDies(options: OperatorOptions, meanwhile: () => Promise<void>): Promise<number | string> {
  const folder = runFolder('doomed');
  const opsPort = await freePort();
  const child = startChild(operatorSpec(options, { port: options.port ?? 0, opsPort, folder }));
  const dead = (): boolean => !child.running();
  try {
    await eventually(async () => dead() || (await answers(`http://127.0.0.1:${opsPort}/readyz`)), { withinMs: 60_000 });
    await meanwhile();
    await eventually(dead, { withinMs: 90_000 });
    return await child.exited;
  } catch (err) {
    throw new Error(`${options.env?.['AWOOOI_FAILPOINT']} did not kill:\n${child.log().slice(-4_000)}`, { cause: err });
  } finally {
    await child.kill9();
    removeFolder(folder);
  }
}
