import { afterEach, expect, it } from 'vitest';
import { SENDER_TOKEN, listening, webhookWorld } from '../builders/webhook-world.ts';
import { startAlertmanager } from '../parts/alertmanager.ts';
import { eventually } from '../parts/eventually.ts';
import { startPrometheus } from '../parts/prometheus.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const rules = JSON.stringify({ groups: [{ name: 'g', rules: [{ alert: 'Watchdog', expr: 'vector(1)', labels: { severity: 'none' } }] }] });

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const config = (base: string): string =>
  JSON.stringify({
    route: { receiver: 'awoooi', group_wait: '0s', group_interval: '1s', repeat_interval: '2s' },
    receivers: [
      {
        name: 'awoooi',
        webhook_configs: [{ url: `${base}/api/v1/webhooks/alertmanager`, http_config: { authorization: { credentials: SENDER_TOKEN } } }],
      },
    ],
  });

it('a Prometheus that died breaks its chain, and one that is started again mends it at once', async () => {
  const world = webhookWorld();
  closing.push(() => world.app.close());
  const alertmanager = await startAlertmanager({ version: '0.33', config: config(`http://127.0.0.1:${await listening(world.app)}`) });
  closing.push(() => alertmanager.stop());
  const heard = async () => (await world.watchdogs.list('alertmanager', soon()))[0]?.status;
  const isBroken = async (): Promise<boolean> => (await world.chain.broken(soon())).length > 0;

  const first = await startPrometheus({ alertmanagers: [alertmanager.url], rules });
  await eventually(async () => (await heard()) === 'firing', { withinMs: 30_000 });
  await first.stop();
  await eventually(isBroken, { withinMs: 60_000 });
  const second = await startPrometheus({ alertmanagers: [alertmanager.url], rules });
  closing.push(() => second.stop());
  // Long before a firing that was under way when it broke would count.
  await eventually(async () => !(await isBroken()), { withinMs: 60_000 });
  expect(world.incidents.handed.map(({ alert: { name, status } }) => `${name} ${status}`)).toEqual([
    'AlertChainBroken firing',
    'AlertChainBroken resolved',
  ]);
}, 180_000);
