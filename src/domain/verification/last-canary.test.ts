import { expect, it } from 'vitest';
import type { AlertChainProbeStatus, HistoryEntry, HopStatus } from '../../crds/alertchainprobe/status.ts';
import { lastCanaries } from './last-canary.ts';

const at = (time: string): string => `2026-11-27T${time}.000Z`;
const probe = (hops: HopStatus[], history: HistoryEntry[] = []): { status: AlertChainProbeStatus } => ({ status: { hops, history } });
const hop = (type: string, over: Partial<HopStatus> = {}): HopStatus => ({ name: type, type, result: 'Passed', ...over });
const ended = (finishedAt: string, result: HistoryEntry['result']): HistoryEntry => ({
  id: finishedAt,
  trigger: 'Schedule',
  result,
  startedAt: finishedAt,
  finishedAt,
});
const sign = (time: string, steady: string) => ({ at: new Date(at(time)), steadySince: new Date(at(steady)) });

it('are the newest proofs of the way of a sender, each with since when it was proven again and again', () => {
  const probes = [
    probe([
      hop('AlertmanagerCanary', { lastSuccessTime: at('10:00:00'), steadySince: at('08:00:00') }),
      hop('SentryWebhook', { lastSuccessTime: at('10:09:00'), steadySince: at('09:00:00') }),
    ]),
    probe([hop('AlertmanagerCanary', { lastSuccessTime: at('10:05:00'), steadySince: at('10:05:00') })]),
  ];
  expect(lastCanaries(probes, 'alertmanager')).toEqual([sign('10:00:00', '08:00:00'), sign('10:05:00', '10:05:00')]);
  expect(lastCanaries(probes, 'sentry')).toEqual([sign('10:09:00', '09:00:00')]);
});

it('prove nothing of the time before, where it is not known', () => {
  expect(lastCanaries([probe([hop('SignozCanary', { lastSuccessTime: at('10:00:00') })])], 'signoz')).toEqual([
    sign('10:00:00', '10:00:00'),
  ]);
});

it.each(['Failed', 'Unknown'] as const)('are not steady before the end of the run since whose hop is %s', result => {
  const failing = hop('AlertmanagerCanary', { result, lastSuccessTime: at('10:00:00'), steadySince: at('08:00:00') });
  const history = [ended(at('10:07:00'), 'Interrupted'), ended(at('10:05:00'), 'Failed'), ended(at('10:00:00'), 'Passed')];
  expect(lastCanaries([probe([failing], history)], 'alertmanager')).toEqual([sign('10:00:00', '10:05:00')]);
});

it('are none where no hop proves that way, or none of them ever passed', () => {
  const passed = { lastSuccessTime: at('10:00:00') };
  const probes = [{}, probe([hop('Health', passed), hop('AlertmanagerWebhook', passed), hop('SignozCanary')])];
  expect(lastCanaries(probes, 'signoz')).toEqual([]);
  expect(lastCanaries(probes, 'alertmanager')).toEqual([]);
});
