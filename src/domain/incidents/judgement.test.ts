import { expect, it } from 'vitest';
import { type AlertOver, ingestOf, start } from '../../../test/builders/ingest.ts';
import { type Judgement, judge, type Memory, NAMED_WITHIN_MS } from './judgement.ts';

const t = (n: number): number => start(n).getTime();
const at = { now: t(100), reopenWithinMs: 1000 };
const open: Memory['incident'] = { id: 'i', status: 'open', severity: 'warning', firing: 1 };
const firing: Memory = { standing: { status: 'firing', startsAt: t(1), token: `${t(1)}` }, incident: open };
const forgotten = (status: 'firing' | 'resolved'): Memory => ({ standing: { status, startsAt: t(1), token: `${t(1)}` }, countedAt: 5 });
const early: Memory = { ...firing, standing: { status: 'firing', startsAt: t(101), token: `${t(101)}` } };
const over: Memory = {
  standing: { status: 'resolved', startsAt: t(1), token: `${t(1)}` },
  incident: { ...open, status: 'resolved', resolvedAt: at.now - 1000, firing: 0 },
};
const opened: Judgement = { is: 'occurrence', makes: 'opened', firing: 1, severity: 'warning', worse: false };
const counted: Judgement = { ...opened, makes: 'aggregated' };

const unnamed = (ago: number): Memory => ({ standing: { status: 'firing', token: '~1' }, incident: open, unnamedAt: at.now - ago });
const named: Judgement = { is: 'same', as: 'firing', incidentId: 'i', names: true };

it.each<[string, AlertOver, Memory, Judgement]>([
  ['the first of an anomaly', {}, {}, opened],
  ['a repeat', { startsAt: start(1) }, { ...firing, countedAt: 5 }, { is: 'same', as: 'occurrence', incidentId: 'i', at: 5 }],
  ['a repeat whose count is forgotten', { startsAt: start(1) }, firing, { is: 'same', as: 'occurrence', incidentId: 'i' }],
  ['a repeat of what still fires, of an incident that is forgotten by age', { startsAt: start(1) }, forgotten('firing'), opened],
  [
    'a retry of what is over, of an incident that is forgotten by age',
    { startsAt: start(1) },
    forgotten('resolved'),
    { is: 'same', as: 'occurrence', at: 5 },
  ],
  ['a repeat without a start', { startsAt: undefined }, firing, { is: 'same', as: 'firing', incidentId: 'i' }],
  ['the other Prometheus, which began before', { startsAt: start(0) }, firing, { is: 'same', as: 'newer', incidentId: 'i', at: t(1) }],
  ['the event of an issue that was just created', { occurrence: 'e1' }, unnamed(0), named],
  ['the event of an issue some minutes later', { occurrence: 'e1' }, unnamed(NAMED_WITHIN_MS), named],
  ['an event long after the issue was created', { occurrence: 'e1' }, unnamed(NAMED_WITHIN_MS + 1), counted],
  [
    'an event of an issue that a person has resolved meanwhile',
    { occurrence: 'e1' },
    { ...unnamed(0), incident: { ...open, status: 'resolved', resolvedAt: at.now } },
    { ...counted, makes: 'reopened' },
  ],
  ['a firing that began later', { startsAt: start(2) }, firing, counted],
  ['another alert', {}, { incident: open }, { ...counted, firing: 2 }],
  ['a worse one', { severity: 'critical' }, { incident: open }, { ...counted, firing: 2, severity: 'critical', worse: true }],
  ['one less bad', { severity: 'none' }, { incident: open }, { ...counted, firing: 2 }],
  ['one that came back just in time', { startsAt: start(2) }, over, { ...counted, makes: 'reopened' }],
  [
    'one that came back late',
    { startsAt: start(2) },
    { ...over, incident: { ...open, status: 'resolved', resolvedAt: at.now - 1001 } },
    opened,
  ],
  ['one that came back without a start', { startsAt: undefined }, over, { ...counted, makes: 'reopened' }],
  ['a retry of a request', {}, { request: { incidentId: 'j' } }, { is: 'same', as: 'request', incidentId: 'j' }],
  ['an end of what is unknown', { status: 'resolved' }, { incident: open }, { is: 'unknown' }],
  ['an end', { status: 'resolved', startsAt: start(1) }, firing, { is: 'resolution', firing: 0, ends: 'incident' }],
  ['an end without a start', { status: 'resolved', startsAt: undefined }, firing, { is: 'resolution', firing: 0, ends: 'incident' }],
  [
    'an end of one of two',
    { status: 'resolved', startsAt: start(1) },
    { ...firing, incident: { ...open, firing: 2 } },
    { is: 'resolution', firing: 1, ends: 'nothing' },
  ],
  ['a second end', { status: 'resolved' }, over, { is: 'same', as: 'resolution', incidentId: 'i' }],
  [
    'an end of the same firing by the other Alertmanager, to which it began before',
    { status: 'resolved', startsAt: start(0), endsAt: start(1) },
    firing,
    { is: 'resolution', firing: 0, ends: 'incident' },
  ],
  [
    'an end of an older firing, which ended before the newer began',
    { status: 'resolved', startsAt: start(0), endsAt: new Date(t(1) - 1) },
    firing,
    { is: 'same', as: 'newer', incidentId: 'i', at: t(1) },
  ],
  [
    'an end after a start that lies in the future',
    { status: 'resolved', startsAt: start(0), endsAt: start(2) },
    early,
    { is: 'resolution', firing: 0, ends: 'incident' },
  ],
  ['a firing after a start that lies in the future', { startsAt: start(1) }, early, counted],
  ['an end of an older firing', { status: 'resolved', startsAt: start(0) }, firing, { is: 'same', as: 'newer', incidentId: 'i', at: t(1) }],
])('judges %s', (_, alert, memory, expected) => {
  expect(judge(ingestOf({ anomalyKey: 'v1-0000000000000000', ...alert }), memory, at)).toEqual(expected);
});

it('ends an incident that a person has resolved no second time, and one that settles later', () => {
  const end = ingestOf({ status: 'resolved', startsAt: start(1) }, { settleMs: 5 });
  expect(judge(end, firing, at)).toEqual({ is: 'resolution', firing: 0, ends: 'once-settled' });
  expect(judge(end, { ...firing, incident: { ...open, status: 'resolved' } }, at)).toEqual({
    is: 'resolution',
    firing: 0,
    ends: 'nothing',
  });
});
