import { afterAll, beforeAll, expect, it } from 'vitest';
import { incidentAt } from '../../test/builders/incident.ts';
import type { Part } from '../../test/parts/part.ts';
import { startPrometheus } from '../../test/parts/prometheus.ts';
import { memoryChainState } from '../adapters/memory/chain-state.ts';
import { memoryWatchdogSightings } from '../adapters/memory/watchdog-sightings.ts';
import { loadConfig } from '../config/load.ts';
import { VerifyTerms } from '../crds/repairplaybook/terms.ts';
import { judge } from '../domain/repair/judge.ts';
import { type OutgoingClient, outgoingClient } from '../net/outgoing.ts';
import { timingsOf, witness } from './witness.ts';

const at = (minutes: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minutes));
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const RULE = { alert: 'HighLatency', expr: 'vector(1) > 2', for: '15m' };

let prometheus: Part;
let outgoing: OutgoingClient;
beforeAll(async () => {
  outgoing = outgoingClient();
  prometheus = await startPrometheus({ rules: JSON.stringify({ groups: [{ name: 'g', interval: '1m', rules: [RULE] }] }) });
});
afterAll(async () => {
  await outgoing.close();
  await prometheus.stop();
});

/** What the operator makes of these settings, the Watchdog heard all the time since before the alert resolved at 0. */
function witnessWith(settings: Record<string, string>, minute: number, over = {}) {
  const env = { KUBECONFIG: '/kubeconfig', AWOOOI_ALLOW_UNAUTHENTICATED: 'true', ...settings };
  const loaded = loadConfig({ env, readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const watchdog = { source: 'alertmanager', labels: {}, status: 'firing', at: at(minute), steadySince: at(-60) } as const;
  const none = { store: { list: () => [] } };
  return witness({
    incidents: { find: async () => incidentAt(at(-10), { firing: 0, quietSince: at(0), lastSeen: at(-5), ...over }) },
    kept: { chain: memoryChainState(), watchdogs: { ...memoryWatchdogSightings(), list: async () => [watchdog] } },
    seen: { probes: none, rules: none },
    timings: timingsOf(loaded.config, outgoing),
    now: () => at(minute),
  });
}

/** How a repair is judged after so many minutes of quiet, by a playbook that says nothing of the alert's `for`. */
async function judged(settings: Record<string, string>, minute: number, over = {}): Promise<string> {
  const testimony = await witnessWith(settings, minute, over).look('inc', at(-2), soon());
  const moments = { begunAt: at(-2), doneAt: at(-1), resolvedAt: undefined, ruleSeen: false, now: at(minute) };
  const judgement = judge({ testimony, workload: 'none', terms: VerifyTerms.parse({}), ...moments });
  return judgement.is === 'open' ? 'open' : judgement.phase;
}

it("a repair has not helped before the alert's own `for` and two evaluations are over, as Prometheus has them", async () => {
  const settings = { AWOOOI_PROMETHEUS_URL: prometheus.url };
  expect(await judged(settings, 16)).toBe('open');
  expect(await judged(settings, 17)).toBe('Succeeded');
});

it("is judged by the playbook's terms where no Prometheus is given, or has no rule of that name", async () => {
  expect(await judged({}, 10)).toBe('Succeeded');
  expect(await judged({ AWOOOI_PROMETHEUS_URL: prometheus.url }, 10, { name: 'Unheard' })).toBe('Succeeded');
});

it('is not judged on a guess while Prometheus does not answer, and an alert that fires still is all the same', async () => {
  const settings = { AWOOOI_PROMETHEUS_URL: 'http://127.0.0.1:1' };
  const looked = judged(settings, 30);
  await expect(looked).rejects.toMatchObject({ name: 'PortError', fault: 'unreachable' });
  await expect(looked).rejects.toThrow(/AWOOOI_PROMETHEUS_URL: GET http:\/\/127\.0\.0\.1:1\/.*refused/);
  expect(await judged(settings, 30, { firing: 1 })).toBe('Failed');
});

/** As Prometheus has it. */
const ruleOf = (name: string) => witnessWith({ AWOOOI_PROMETHEUS_URL: prometheus.url }, 0, { firing: 1, name }).ruleOf('inc', soon());

it('knows the rule of an alert that fires, and of one that Prometheus does not have that it is not there', async () => {
  expect(await ruleOf('HighLatency')).toEqual({ forMs: 900_000, intervalMs: 60_000 });
  expect(await ruleOf('Unheard')).toBeUndefined();
});
