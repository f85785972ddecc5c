import { afterEach, expect, it } from 'vitest';
import { type Alertmanager, peersOf, startAlertmanager, startAlertmanagers } from './alertmanager.ts';
import { eventually } from './eventually.ts';
import type { Part } from './part.ts';
import { promtoolComplaint, startPrometheus } from './prometheus.ts';

const parts: Part[] = [];
afterEach(async () => {
  await Promise.all(parts.splice(0).map(part => part.stop()));
});

function kept<T extends Part>(part: T): T {
  parts.push(part);
  return part;
}

const Config = 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n';

async function hasAlert(alertmanager: Alertmanager, name: string): Promise<boolean> {
  const response = await fetch(`${alertmanager.url}/api/v2/alerts`, { signal: AbortSignal.timeout(5_000) });
  return (await response.text()).includes(`"alertname":"${name}"`);
}

function rules(expr: string): string {
  return JSON.stringify({ groups: [{ name: 'g', rules: [{ alert: 'Watchdog', expr }] }] });
}

it.each(['0.25', '0.33'] as const)('joins two of %s, counts the one that is left, and takes the other back', async version => {
  const [first, second] = (await startAlertmanagers({ version, config: Config, size: 2, peerTimeout: '2s' })).map(kept);
  if (first === undefined || second === undefined) throw new Error('two were asked for');
  expect(await Promise.all([peersOf(first.url), peersOf(second.url)])).toEqual([2, 2]);
  await second.halt();
  await eventually(async () => (await peersOf(first.url)) === 1, { withinMs: 20_000 });
  await second.restart();
  await eventually(async () => (await peersOf(first.url)) === 2, { withinMs: 20_000 });
});

it.each(['0.25', '0.33'] as const)('loads a new configuration into %s, and says why a wrong one is refused', async version => {
  const alertmanager = kept(await startAlertmanager({ version, config: Config }));
  await alertmanager.reload(Config.replaceAll('nobody', 'somebody'));
  await expect(alertmanager.reload('route: {receiver: missing}\nreceivers: [{name: other}]\n')).rejects.toThrow('missing');
});

it('refuses to start on a wrong configuration, with its own words', async () => {
  await expect(startAlertmanager({ version: '0.33', config: 'rout: {}' })).rejects.toThrow(/field rout not found/);
});

it('gets what Prometheus sends', async () => {
  const alertmanager = kept(await startAlertmanager({ version: '0.33', config: Config }));
  kept(await startPrometheus({ alertmanagers: [alertmanager.url], rules: rules('vector(1)') }));
  expect(await eventually(() => hasAlert(alertmanager, 'Watchdog'), { withinMs: 30_000 })).toBe(true);
});

it('lets promtool judge a rule file', () => {
  expect(promtoolComplaint(rules('up == 0'))).toBeUndefined();
  expect(promtoolComplaint(rules('{"http.server.duration"} > 1'))).toBeUndefined();
  expect(promtoolComplaint(rules('rate(up)'))).toContain('expected type range vector');
});
