import { expect, it } from 'vitest';
import type { WatchdogSighting } from '../ports/watchdog-sightings.ts';
import { alertFingerprint } from '../routing/alert-fingerprint.ts';
import { watchdogsOf } from './watchdogs-of.ts';

const signal = AbortSignal.timeout(10_000);
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 26, 8, minute));
const HEARD: WatchdogSighting[] = [
  { source: 'alertmanager', labels: { alertname: 'Watchdog', cluster: 'a' }, status: 'resolved', at: at(1) },
  { source: 'alertmanager', labels: { alertname: 'Watchdog', cluster: 'b' }, status: 'firing', at: at(3) },
  { source: 'signoz', labels: { alertname: 'Watchdog', cluster: 'a' }, status: 'firing', at: at(2) },
  { source: 'signoz', labels: { alertname: 'pulse' }, status: 'firing', at: at(4) },
];
const BROKEN = { source: 'alertmanager', labels: { cluster: 'a', alertname: 'Watchdog' }, since: at(0), incidentId: 'inc-1' } as const;

const ports = (chains: readonly (typeof BROKEN)[]) => ({
  watchdogs: { list: async (source: WatchdogSighting['source']) => HEARD.filter(one => one.source === source) },
  chain: { broken: async () => chains },
});
const [a, b, signoz, pulse] = HEARD;

it.each<[string, string, readonly object[]]>([
  ['an alertname, of either sender', 'Watchdog', [b ?? {}, signoz ?? {}, { ...a, broken: BROKEN }]],
  ['an alertname of SigNoz', 'pulse', [pulse ?? {}]],
  ['a fingerprint', alertFingerprint(b?.labels ?? {}), [b ?? {}]],
  ['what is none', 'HighLatency', []],
  ['what only looks like a fingerprint', '0123456789abcdef', []],
])('finds Watchdogs by %s', async (_, asked, found) => {
  expect(await watchdogsOf(ports([BROKEN]), asked, signal)).toEqual(found);
});
