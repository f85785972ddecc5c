import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Alertmanager, startAlertmanager, startAlertmanagers } from '../parts/alertmanager.ts';
import { type IncidentReader, incidentReader } from '../parts/incident-reader.ts';
import { eventually } from '../parts/eventually.ts';
import { freePort } from '../parts/free-port.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import { startTelegram, type Telegram } from '../servers/telegram.ts';
import { incidentRoutes, postAlerts } from './alerts.ts';
import { CHAT, tellingEnv } from './incident-stage.ts';
import { raiseStage, type Stage } from './stage.ts';

const REPLICAS = ['replica-0', 'replica-1'];
/** Twice as many still have their cards within what a group gets in a minute. */
const ALERTS = 5;

let stage: Stage;
let redis: Part;
let telegram: Telegram;
let hooks: HttpServer;
let operators: readonly Operator[] = [];
let clustered: readonly Alertmanager[] = [];
let alone: readonly Alertmanager[] = [];
let reader: IncidentReader;

/** Each Alertmanager posts to both replicas, and those of the cluster do not wait for each other: whatever can come more than once does. */
beforeAll(async () => {
  const ports = await Promise.all(REPLICAS.map(freePort));
  [stage, redis, telegram, hooks] = await Promise.all([
    raiseStage('replicas'),
    startRedis({ appendOnly: true }),
    startTelegram({ chats: [{ id: CHAT, type: 'supergroup' }] }),
    startHttpServer({ handle: () => ({ status: 200 }) }),
  ]);
  const { webhookToken, apiToken: token } = stage;
  const env = { ...tellingEnv({ telegram, hooks }), AWOOOI_STORM_THRESHOLD: '0' };
  operators = await Promise.all(
    REPLICAS.map((AWOOOI_IDENTITY, n) => startOperator({ ...stage.operator(redis.url, { ...env, AWOOOI_IDENTITY }), port: ports[n] ?? 0 })),
  );
  const [one = '', other = ''] = ports.map(port => incidentRoutes({ ports: [port], webhookToken }));
  const config = incidentRoutes({ ports, webhookToken });
  clustered = await startAlertmanagers({ version: '0.33', size: 2, peerTimeout: '1ms', config });
  alone = await Promise.all([one, other].map(each => startAlertmanager({ version: '0.33', config: each })));
  reader = incidentReader({ url: operators[0]?.url ?? '', token });
});
afterAll(async () => {
  await reader?.close();
  await Promise.all([...operators, ...clustered, ...alone, redis, telegram, hooks].map(part => part?.stop()));
});

it.each([
  ['a pair of clustered Alertmanagers that post to both replicas', () => clustered, 'Clustered'],
  ['two Alertmanagers that know nothing of each other, each with a replica of its own', () => alone, 'Alone'],
] as const)(
  'count an alert once and tell it once: %s',
  async (_, alertmanagers, alertname) => {
    const startsAt = new Date();
    const alerts = Array.from({ length: ALERTS }, (_, n) => ({ labels: { alertname, namespace: `ns-${n}` }, startsAt }));
    await Promise.all(alertmanagers().map(each => postAlerts(each, ...alerts)));
    const received = async (): Promise<readonly string[]> => {
      const { entries } = await reader.api.trace(alertname, AbortSignal.timeout(10_000));
      return entries.map(({ outcome, replica }) => `${outcome} ${replica}`);
    };
    // Both replicas had some of them, and what the second one brought was known.
    await eventually(async () => new Set((await received()).map(entry => entry.split(' ')[1])).size === 2, { withinMs: 30_000 });
    await eventually(async () => (await received()).some(entry => entry.startsWith('deduplicated')), { withinMs: 30_000 });

    const told = async () => {
      const incidents = await reader.all({ alertname });
      const pending = incidents.filter(({ deliveries }) => deliveries.length < 3 || deliveries.some(({ state }) => state !== 'delivered'));
      return incidents.length === ALERTS && pending.length === 0 && incidents;
    };
    const incidents = await eventually(told, { withinMs: 60_000, everyMs: 100 });
    expect(incidents.map(({ occurrences }) => occurrences)).toEqual(Array.from({ length: ALERTS }, () => 1));
    const cards = incidents.map(({ id }) => telegram.cards().filter(({ text }) => text.includes(id)));
    expect(cards.map(each => each.map(({ edits }) => edits))).toEqual(incidents.map(() => [0]));
  },
  120_000,
);
