import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { eventually } from '../test/parts/eventually.ts';
import { startRedis } from '../test/parts/redis.ts';
import { startHttpServer } from '../test/servers/http-server.ts';
import { startTelegram } from '../test/servers/telegram.ts';
import { built } from './in-cluster.ts';
import { singleAlerts } from './intake/bodies.ts';
import { atRate, type Target } from './intake/load.ts';
import { quantile } from './quantile.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage, type Stage } from './stage.ts';

const HOOKED = { perSecond: 50, seconds: 20 };
const CARDS = { perSecond: 10, seconds: 30, rooms: 60 };

/**
 * From the moment at which a webhook of one new alert is due to be posted to the moment at which the outgoing webhook's request is there, whole;
 * and cards for ten new incidents a second over sixty chats, at a Telegram that counts its limits.
 */
export const told: Bench = {
  name: 'told',
  what: 'how long after an alert its incident is told: outgoing webhook, and Telegram within its limits',
  takes: '2 minutes',
  run: async keep => [...(await webhookLatency(keep)), ...(await cardsWithinLimits(keep))],
};

const Told = z.object({ incident: z.object({ alertname: z.string() }) });

async function webhookLatency(keep: Keep): Promise<BenchResult[]> {
  const stage = await raiseStage(keep);
  const arrivals = new Map<string, number>();
  const hook = keep(
    await startHttpServer({
      handle: ({ body }) => {
        const { incident } = Told.parse(JSON.parse(body));
        if (!arrivals.has(incident.alertname)) arrivals.set(incident.alertname, performance.now());
        return { status: 200 };
      },
    }),
  );
  const env = { AWOOOI_OUTGOING_WEBHOOK_URL: hook.url, AWOOOI_OUTGOING_WEBHOOK_SECRET: 'bench-secret' };
  const target = await targetOf(keep, { stage, env });
  const { perSecond, seconds } = HOOKED;
  await atRate(target, { perSecond, bodies: singleAlerts(perSecond * 5, { label: 'Warm' }) });
  const bodies = singleAlerts(perSecond * seconds, { label: 'Hooked' });
  const startedMs = performance.now();
  await atRate(target, { perSecond, bodies });
  const waits = await eventually(
    () => {
      const came = bodies.map((body, n) => (arrivals.get(nameIn(body)) ?? Number.NaN) - (startedMs + (n / perSecond) * 1000));
      return came.some(Number.isNaN) ? undefined : came;
    },
    { withinMs: 30_000 },
  );
  return [
    atMost('from the post to the outgoing webhook at 50 incidents/s, median', { value: quantile(waits, 0.5), unit: 'ms', most: 30 }),
    atMost('from the post to the outgoing webhook at 50 incidents/s, p99', { value: quantile(waits, 0.99), unit: 'ms', most: 150 }),
  ];
}

async function cardsWithinLimits(keep: Keep): Promise<BenchResult[]> {
  const stage = await raiseStage(keep);
  const rooms = Array.from({ length: CARDS.rooms }, (_, n) => ({ label: `r${n}`, id: -1_000_000_000_000 - n }));
  const telegram = keep(await startTelegram({ chats: rooms.map(({ id }) => ({ id, type: 'supergroup' })) }));
  telegram.flood.enforce(true);
  const env = {
    TG_BOT_TOKEN: telegram.token,
    TG_API_ROOT: telegram.url,
    TG_CHAT_ID: String(rooms[0]?.id),
    TG_LABEL_CHATS: rooms.map(({ label, id }) => `room=${label}=${id}`).join(','),
    AWOOOI_STORM_THRESHOLD: '0',
  };
  const target = await targetOf(keep, { stage, env });
  const { perSecond, seconds } = CARDS;
  const bodies = singleAlerts(perSecond * seconds, { label: 'Card' });
  await atRate(target, { perSecond, bodies });
  await eventually(() => bodies.every(body => telegram.sent.some(({ text }) => new RegExp(`\\b${nameIn(body)}\\b`).test(text))), {
    withinMs: 120_000,
  });
  // One that was sent twice may come late.
  await pause(5_000);
  return [
    atMost('answers 429 of Telegram at 10 cards/s over 60 chats', { value: telegram.flood.measured().refused, unit: '', most: 0 }),
    atMost('cards too many', { value: telegram.sent.length - bodies.length, unit: '', most: 0 }),
  ];
}

async function targetOf(keep: Keep, { stage, env }: { stage: Stage; env: Readonly<Record<string, string>> }): Promise<Target> {
  const redis = keep(await startRedis({ appendOnly: true }));
  const program = built();
  const { url } = await stage.operator({ redisUrl: redis.url, program, env: { LOG_LEVEL: 'warn', ...env } });
  return {
    url: `${url}/api/v1/webhooks/alertmanager`,
    headers: { authorization: `Bearer ${stage.webhookToken}` },
    connections: 16,
  };
}

function nameIn(body: string): string {
  return /"alertname":"(Bench\w+)"/.exec(body)?.[1] ?? '';
}
