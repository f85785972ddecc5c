import type { IncidentView } from '../../src/domain/incidents/incident-view.ts';
import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { eventually } from '../parts/eventually.ts';
import { keptPort } from '../parts/free-port.ts';
import { type IncidentReader, incidentReader } from '../parts/incident-reader.ts';
import { type Operator, startOperator } from '../parts/operator.ts';
import type { Part } from '../parts/part.ts';
import { startRedis } from '../parts/redis.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import type { StandingMessage } from '../servers/telegram-messages.ts';
import { startTelegram, type Telegram } from '../servers/telegram.ts';
import { incidentRoutes } from './alerts.ts';
import { raiseStage, type Stage } from './stage.ts';

export const CHAT = -1_001_000_000_001;
/** A private chat, whose messages need not be as few as those of a group. */
export const ROOM = 5_001;
/** Whose presses count. */
export const USER = { id: 4711, username: 'ada' };
export const HOOK_SECRET = 'outgoing-secret';

/** An operator with all that it tells of incidents, an Alertmanager that sends to it, and the ways in which a person sees what came of it. */
export interface IncidentStage {
  readonly stage: Stage;
  readonly redis: Part;
  readonly alertmanager: Alertmanager;
  readonly telegram: Telegram;
  /** Gets the outgoing webhook. */
  readonly hooks: HttpServer;
  readonly operator: Operator;
  readonly reader: IncidentReader;
  named(alertname: string): Promise<readonly IncidentView[]>;
  /** Resolves with the only incident of this name, once it is as wanted. */
  incident(alertname: string, likes?: (incident: IncidentView) => boolean): Promise<IncidentView>;
  /** What stands in Telegram about an incident, the oldest first. */
  cards(of: Pick<IncidentView, 'id'>): readonly StandingMessage[];
  /** Resolves with the newest card of an incident, once it says this. */
  card(of: Pick<IncidentView, 'id'>, says: RegExp): Promise<StandingMessage>;
  stop(): Promise<void>;
}

export interface IncidentStageOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Taken where others must know it before. */
  readonly port?: number;
  /** Where the Alertmanager sends; to the operator unless told otherwise. */
  readonly sendsTo?: number;
  /** Of the same control plane, where a file has raised one before. */
  readonly stage?: Stage;
}

const WITHIN = { withinMs: 45_000, everyMs: 50 };

export async function raiseIncidentStage(name: string, options: IncidentStageOptions = {}): Promise<IncidentStage> {
  const [stage, port] = await Promise.all([options.stage ?? raiseStage(name), options.port ?? keptPort()]);
  const [redis, telegram, hooks, alertmanager] = await Promise.all([
    startRedis({ appendOnly: true }),
    startTelegram({
      chats: [
        { id: CHAT, type: 'supergroup' },
        { id: ROOM, type: 'private' },
      ],
    }),
    startHttpServer({ handle: () => ({ status: 200 }) }),
    startAlertmanager({
      version: '0.33',
      config: incidentRoutes({ ports: [options.sendsTo ?? port], webhookToken: stage.webhookToken }),
    }),
  ]);
  const env = { ...tellingEnv({ telegram, hooks }), AWOOOI_ALERTMANAGER_URLS: alertmanager.url, ...options.env };
  const operator = await startOperator({ ...stage.operator(redis.url, env), port });
  const reader = incidentReader({ url: operator.url, token: stage.apiToken });
  const named = (alertname: string): Promise<readonly IncidentView[]> => reader.all({ alertname });
  const cards = ({ id }: Pick<IncidentView, 'id'>): readonly StandingMessage[] => telegram.cards().filter(({ text }) => text.includes(id));
  return {
    stage,
    redis,
    alertmanager,
    telegram,
    hooks,
    operator,
    reader,
    named,
    cards,
    incident: (alertname, likes = () => true) => onlyOne(named, { alertname, likes }),
    async card(of, says) {
      const found = (): StandingMessage | undefined => {
        const last = cards(of).at(-1);
        return last && says.test(last.text) ? last : undefined;
      };
      return eventually(found, WITHIN).catch((err: unknown) => {
        throw new Error(`the card never said ${String(says)}; it says ${cards(of).at(-1)?.text}`, { cause: err });
      });
    },
    async stop() {
      await reader.close();
      await Promise.all([operator, alertmanager, redis, telegram, hooks].map(part => part.stop()));
    },
  };
}

/** Who is told: a chat whose buttons one user may press, and a webhook. */
export function tellingEnv({ telegram, hooks }: { telegram: Telegram; hooks: Pick<HttpServer, 'url'> }): Record<string, string> {
  return {
    TG_BOT_TOKEN: telegram.token,
    TG_API_ROOT: telegram.url,
    TG_CHAT_ID: String(CHAT),
    TG_ALLOWED_USER_IDS: String(USER.id),
    AWOOOI_OUTGOING_WEBHOOK_URL: hooks.url,
    AWOOOI_OUTGOING_WEBHOOK_SECRET: HOOK_SECRET,
  };
}

async function onlyOne(
  named: IncidentStage['named'],
  { alertname, likes }: { alertname: string; likes: (incident: IncidentView) => boolean },
): Promise<IncidentView> {
  let last: readonly IncidentView[] = [];
  const found = async (): Promise<IncidentView | undefined> => {
    last = await named(alertname);
    return last.find(likes);
  };
  const incident = await eventually(found, WITHIN).catch((err: unknown) => {
    throw new Error(`no incident of ${alertname} came there; there are ${JSON.stringify(last, undefined, 1)}`, { cause: err });
  });
  if (last.length > 1) throw new Error(`there are ${last.length} incidents of ${alertname}`);
  return incident;
}
