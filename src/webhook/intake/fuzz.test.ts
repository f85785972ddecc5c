import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hostileBody, hostileResource } from '../../../test/builders/hostile-bodies.ts';
import { redisWebhookWorld } from '../../../test/builders/redis-webhook-world.ts';
import { asSender, TELEGRAM_SECRET, URL_TOKEN, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { growthBelow, heapBytes } from '../../../test/parts/heap.ts';

const MIB = 1024 * 1024;
const ON_MEMORY = 3_000;
/** Of each route, on Redis. */
const ON_REDIS = 300;
const WARM_UP = 100;

type World = Pick<ReturnType<typeof webhookWorld>, 'app' | 'incidents' | 'lines'>;

async function intakeRoutes({ app }: Pick<World, 'app'>): Promise<string[]> {
  const { paths } = (await app.inject('/api/docs/json')).json<{ paths: Record<string, object> }>();
  const routes = Object.keys(paths).filter(path => path.startsWith('/api/v1/webhooks/'));
  expect(routes.length).toBeGreaterThanOrEqual(4);
  return routes;
}

/** Sends so many bodies that somebody made up, and looks at each answer. */
async function fuzz({ app }: Pick<World, 'app'>, routes: readonly string[], numRuns: number): Promise<void> {
  const headers = { ...asSender, 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': TELEGRAM_SECRET };
  await fc.assert(
    fc.asyncProperty(hostileBody, fc.constantFrom(...routes), hostileResource, async (payload, route, about) => {
      const url = `${route}?token=${URL_TOKEN}`;
      const answer = await app.inject({ method: 'POST', url, payload, headers: { ...headers, 'sentry-hook-resource': about } });
      expect([200, 400, 413]).toContain(answer.statusCode);
      expect(answer.json()).toEqual(expect.objectContaining({}));
    }),
    { numRuns },
  );
}

/** Of which senders something got past the first look, and what was logged meanwhile. */
const cameOf = ({ incidents, lines }: Omit<World, 'app'>) => ({
  senders: new Set(incidents.handed.map(({ alert }) => alert.source)),
  lines,
});

const ALERTS_OF_ALL = { senders: new Set(['alertmanager', 'signoz', 'sentry']), lines: [] };

it('answers whatever comes to an intake route, never with a 500, and lives on', { timeout: 120_000 }, async () => {
  const world = webhookWorld();
  await fuzz(world, await intakeRoutes(world), ON_MEMORY);
  expect(cameOf(world)).toEqual(ALERTS_OF_ALL);
});

it('keeps in Redis whatever comes, so that it can be read, and is as small as before afterwards', { timeout: 120_000 }, async () => {
  const world = await redisWebhookWorld();
  try {
    const routes = await intakeRoutes(world);
    await fuzz(world, routes, WARM_UP);
    const before = heapBytes();
    for (const route of routes) await fuzz(world, [route], ON_REDIS);
    expect(await growthBelow(16 * MIB, before)).toBeLessThan(16 * MIB);
    expect(cameOf(world)).toEqual(ALERTS_OF_ALL);
    expect(await world.shown()).toEqual(world.incidents.opened);
  } finally {
    await world.stop();
  }
});
