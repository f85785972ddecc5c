import { connectRedis } from '../../src/adapters/redis/connection.ts';
import { redisLearning } from '../../src/adapters/redis/learning/learning.ts';
import type { LearningRepository } from '../../src/domain/ports/learning-repository.ts';
import { startAlertmanager } from '../parts/alertmanager.ts';
import { eventually } from '../parts/eventually.ts';
import { keptPort } from '../parts/free-port.ts';
import { type IncidentReader, incidentReader } from '../parts/incident-reader.ts';
import { type OperatorOptions, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import { startTelegram, type Telegram } from '../servers/telegram.ts';
import { incidentRoutes } from './alerts.ts';
import { untilItDies } from './failing-deliveries.ts';
import { CHAT, tellingEnv, USER } from './incident-stage.ts';
import { enableRepairs, REPAIRS_ON, repairScene, type RepairScene } from './repair-stage.ts';
import { SHORT_LEASE, type Stage, stageIn } from './stage.ts';

/** For an operator that follows nobody, and must not lose its lease to a busy machine: what it remembers by its monotonic clock would go with it. */
export const CALM_LEASE = { AWOOOI_LEASE_DURATION: '60s', AWOOOI_LEASE_RENEW_DEADLINE: '40s', AWOOOI_LEASE_RETRY_PERIOD: '2s' };

const WITHIN = { withinMs: 90_000, everyMs: 100 };

/** What outlives the operators that die over repairs one after the other, all at one address. */
export interface RepairLane extends RepairScene {
  readonly reader: IncidentReader;
  /** What was learned, whoever is dead. */
  readonly learning: LearningRepository;
  readonly alertmanager: Pick<Part, 'url'>;
  readonly telegram: Telegram;
  /** Gets the outgoing webhook. */
  readonly hooks: HttpServer;
  /** Asks the API of whichever operator runs, in the name of the cluster's admin; whatever is answered, for it may be the end of the operator. */
  call(path: string, body?: object): Promise<void>;
  report(outcomes: readonly object[]): Promise<void>;
  /** Presses this button once it stands on a card of this chat. */
  press(button: string): Promise<void>;
  /** An operator that dies at this failpoint, and how it ended. */
  death(failpoint: string, meanwhile: () => Promise<unknown>): Promise<number | string>;
  /** An operator that lives, with more of its environment. */
  survivor(more?: Readonly<Record<string, string>>): Promise<Part>;
  stop(): Promise<void>;
}

export async function repairLane(first: Stage, name: string): Promise<RepairLane> {
  const [stage, port] = await Promise.all([stageIn(first.cluster, name), keptPort()]);
  await enableRepairs(stage);
  const [redis, telegram, hooks, alertmanager] = await Promise.all([
    startRedis({ appendOnly: true }),
    startTelegram({ chats: [{ id: CHAT, type: 'supergroup' }] }),
    startHttpServer({ handle: () => ({ status: 200 }) }),
    startAlertmanager({ version: '0.33', config: incidentRoutes({ ports: [port], webhookToken: stage.webhookToken }) }),
  ]);
  const env = { ...tellingEnv({ telegram, hooks }), ...REPAIRS_ON, ...SHORT_LEASE, AWOOOI_ALERTMANAGER_URLS: alertmanager.url };
  const options = (more: object = {}): OperatorOptions => ({ ...stage.operator(redis.url, { ...env, ...more }), port });
  const url = `http://127.0.0.1:${port}`;
  const scene = repairScene(stage, alertmanager);
  await scene.watchdog();
  const connection = connectRedis({ url: redis.url });
  const reader = incidentReader({ url, token: stage.apiToken });
  return {
    ...scene,
    reader,
    alertmanager,
    learning: redisLearning(connection.commands),
    telegram,
    hooks,
    call: (path, body = {}) => posted(`${url}/api/v1${path}`, { token: stage.cluster.adminToken, body }),
    report: outcomes => posted(`${url}/api/v1/repairs/outcomes`, { token: stage.apiToken, body: outcomes }),
    press: button => press(telegram, button),
    death: (failpoint, meanwhile) =>
      untilItDies(options({ AWOOOI_FAILPOINT: failpoint }), async () => {
        await meanwhile();
      }),
    survivor: more => startOperator(options(more)),
    async stop() {
      connection.close();
      await reader.close();
      await Promise.all([redis, telegram, hooks, alertmanager].map(part => part.stop()));
    },
  };
}

async function press(telegram: Telegram, button: string): Promise<void> {
  const find = () => {
    const found = telegram
      .cards()
      .flatMap(card => card.buttons.flat().flatMap(({ text, data }) => (text === button ? { ...card, data: data ?? '' } : [])));
    return found.at(-1);
  };
  const { chatId, messageId, data } = await eventually(find, WITHIN);
  telegram.press({ chatId, messageId, data, user: USER });
}

async function posted(url: string, { token, body }: { readonly token: string; readonly body: object }): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) });
  await answer.then(({ body: rest }) => rest?.cancel()).catch(() => undefined);
}
