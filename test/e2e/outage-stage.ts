import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertmanagerConfig } from '../../demo/alertmanager-config.ts';
import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { keptPort } from '../parts/free-port.ts';
import { type IncidentReader, incidentReader } from '../parts/incident-reader.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import { type Sentry, startSentry } from '../servers/sentry.ts';
import { issueBody, sendSentryWebhook, type WebhookOutcome } from '../servers/sentry-webhook.ts';
import { type Telegram, startTelegram } from '../servers/telegram.ts';
import { raiseStage, type Stage } from './stage.ts';

/** Each lets one message a second through: so many take a crowd of cards at once. */
const CHATS = 40;
const SENTRY_SECRET = 'client-secret-of-the-tests';

/** Everything between an alert and those who are told: real Redis that keeps its data, real Alertmanager, and stand-ins for who is told. */
export interface OutageStage {
  readonly stage: Stage;
  readonly redis: Part;
  readonly alertmanager: Alertmanager;
  readonly telegram: Telegram;
  readonly sentry: Sentry;
  /** Gets the outgoing webhook. */
  readonly hook: HttpServer;
  /** Who answers Alertmanager and Sentry. */
  readonly operator: Operator;
  readonly reader: IncidentReader;
  /** One more replica beside it. */
  readonly replica: (env?: Readonly<Record<string, string>>) => Promise<Operator>;
  /** Alerts that fire for a day, each a group and an incident of its own. */
  readonly fire: (names: readonly string[]) => Promise<void>;
  readonly resolve: (names: readonly string[]) => Promise<void>;
  /** An event of an issue of its own. Sentry sends it once, whatever is answered. */
  readonly sentryEvent: (issueId: string) => Promise<WebhookOutcome>;
  /** Writes the file that the operator has the bot's token from. */
  readonly writeBotToken: (token: string) => void;
}

interface Stoppable {
  stop(): Promise<void>;
}

/** Hands each part to `keep` as soon as it runs. */
export async function raiseOutageStage(
  name: string,
  keep: <T extends Stoppable>(part: T) => T,
  env: Readonly<Record<string, string>> = {},
): Promise<OutageStage> {
  const [stage, port] = await Promise.all([raiseStage(name), keptPort()]);
  const rooms = Array.from({ length: CHATS }, (_, n) => ({ id: 1_001 + n, type: 'private' as const }));
  const redis = keep(await startRedis({ appendOnly: true }));
  const telegram = keep(await startTelegram({ chats: rooms }));
  const sentry = keep(await startSentry({ issues: [] }));
  const hook = keep(await startHttpServer({ handle: () => ({ status: 200 }) }));
  const config = alertmanagerConfig({ operatorPort: port, webhookToken: stage.webhookToken });
  const alertmanager = keep(await startAlertmanager({ version: '0.33', config }));
  const folder = runFolder('bot-token');
  keep({ stop: async () => removeFolder(folder) });
  const tokenFile = join(folder, 'token');
  const writeBotToken = (token: string): void => writeFileSync(tokenFile, `${token}\n`, { mode: 0o600 });
  writeBotToken(telegram.token);
  const common = {
    TG_BOT_TOKEN_FILE: tokenFile,
    TG_API_ROOT: telegram.url,
    TG_CHAT_ID: String(rooms[0]?.id),
    TG_LABEL_CHATS: rooms.map(({ id }) => `room=r${id}=${id}`).join(','),
    TG_UPDATES: 'off',
    AWOOOI_STORM_THRESHOLD: '0',
    AWOOOI_ALERTMANAGER_URLS: alertmanager.url,
    SENTRY_API_URL: sentry.url,
    SENTRY_API_TOKEN: sentry.token,
    SENTRY_ORG: 'acme',
    SENTRY_CLIENT_SECRETS: SENTRY_SECRET,
    AWOOOI_OUTGOING_WEBHOOK_URL: hook.url,
    AWOOOI_OUTGOING_WEBHOOK_SECRET: 'hook-secret',
    ...env,
  };
  const replica = async (own: Readonly<Record<string, string>> = {}, at?: number): Promise<Operator> =>
    keep(await startOperator({ ...stage.operator(redis.url, { ...common, ...own }), ...(at !== undefined && { port: at }) }));
  const operator = await replica({}, port);
  const reader = incidentReader({ url: operator.url, token: stage.apiToken });
  keep({ stop: () => reader.close() });
  const sender = { url: `${operator.url}/api/v1/webhooks/sentry/error`, clientSecret: SENTRY_SECRET };
  return {
    stage,
    redis,
    alertmanager,
    telegram,
    sentry,
    hook,
    operator,
    reader,
    replica,
    fire: names => post(alertmanager.url, names, { endsAt: hence(86_400) }),
    resolve: names => post(alertmanager.url, names, { endsAt: hence(-1) }),
    sentryEvent: issueId => {
      const title = `Error of ${issueId}`;
      sentry.setIssue({ id: issueId, title, lastSeen: new Date() });
      return sendSentryWebhook(sender, { resource: 'issue', body: issueBody('created', { issueId, title, at: new Date() }) });
    },
    writeBotToken,
  };
}

const hence = (seconds: number): string => new Date(Date.now() + seconds * 1_000).toISOString();

async function post(url: string, names: readonly string[], times: { readonly endsAt: string }): Promise<void> {
  const alerts = names.map(alertname => ({
    labels: { alertname, severity: 'warning', room: `r${1_001 + (Number(/\d*$/.exec(alertname)?.[0]) % CHATS)}` },
    annotations: { summary: `This is ${alertname}.` },
    startsAt: hence(-2),
    ...times,
  }));
  const answer = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alerts),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}: ${await answer.text()}`);
}

/** Names of alerts, as many as asked for. */
export function named(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `${prefix}${String(n).padStart(4, '0')}`);
}

/** What is wrong with what came of alerts that fired once each: empty where each is one incident with one occurrence. */
export function wrongCounts(incidents: readonly IncidentView[], names: readonly string[]): string[] {
  return names.flatMap(name => {
    const mine = incidents.filter(({ alertname }) => alertname === name);
    const occurrences = mine.map(each => each.occurrences).join(' and ');
    return occurrences === '1' ? [] : [`${name}: ${mine.length} incidents, occurrences ${occurrences}`];
  });
}

/** How many cards stand of each alert. */
export function cardsOf({ telegram }: Pick<OutageStage, 'telegram'>, names: readonly string[]): ReadonlyMap<string, number> {
  const texts = telegram.cards().map(({ text }) => text);
  return new Map(names.map(name => [name, texts.filter(text => text.includes(name)).length]));
}
