import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { liveConfiguration } from '../src/adapters/alertmanager/configuration.ts';
import { parseAlertChainProbe } from '../src/crds/alertchainprobe/parse.ts';
import { canaryAlert } from '../src/domain/routing/canary-alert.ts';
import { receiversFor } from '../src/domain/routing/walk.ts';

/** The Alertmanager configuration that the README tells people to add, below a root that pages somebody by itself. */
function recommended() {
  const page = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const block = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text).find(text => text.startsWith('route:'));
  return liveConfiguration((block ?? '').replace('route:\n', 'route:\n  receiver: root\n')).route;
}

it.each([
  ['a critical alert, here and to whoever was paged before', { alertname: 'Down', severity: 'critical' }, ['awoooi', 'oncall']],
  ['any other alert, to whoever was paged before', { alertname: 'Slow', severity: 'warning' }, ['oncall']],
  ['the Watchdog, here alone', { alertname: 'Watchdog', severity: 'none' }, ['awoooi']],
])('the configuration of the README leads %s', (_, labels, receivers) => {
  expect(receiversFor(recommended(), labels)).toEqual(receivers);
});

it('and a canary here alone', () => {
  const { ends, certain } = canaryAlert({ tree: recommended(), receiver: 'awoooi', nonce: 'n0nce', labels: {} });
  expect([ends.map(({ receiver }) => receiver), certain]).toEqual([['awoooi'], true]);
});

it('the probe of the README is one that the schema takes', () => {
  const page = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const probes = [...page.matchAll(/```yaml\n(apiVersion: [\s\S]*?)```/g)].map(([, text = '']) => parseAlertChainProbe(parse(text)));
  expect(probes).toMatchObject([{ ok: true, probe: { spec: { hops: [{ name: 'canary' }, { name: 'watchdog' }] } } }]);
});
