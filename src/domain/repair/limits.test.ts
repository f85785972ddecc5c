import { expect, it } from 'vitest';
import { type BegunRun, type Beginning, begunLately, heldByOthers } from './limits.ts';

const MINUTE = 60_000;
const LIMITS = { cooldown: '10m', maxPerHour: 3, maxConcurrent: 2 };
const RUN: Beginning = { uid: 'me', namespace: 'shop', playbook: 'restart', targets: ['Deployment/web'], limits: LIMITS };

const other = (over: Partial<BegunRun> = {}): BegunRun => ({
  uid: 'other',
  namespace: 'shop',
  playbook: 'restart',
  targets: ['Deployment/web'],
  ageMs: 30 * MINUTE,
  endedMs: 20 * MINUTE,
  wrote: true,
  ...over,
});
const { endedMs: _, ...UNDER_WAY } = other();

it.each<[string, readonly BegunRun[], string | undefined]>([
  ['nothing began', [], undefined],
  ['one ended long ago', [other()], undefined],
  ['one is under way on the target', [UNDER_WAY], 'TargetBusy'],
  ['of another playbook', [{ ...UNDER_WAY, playbook: 'scale' }], 'TargetBusy'],
  ['on one of several targets', [{ ...UNDER_WAY, targets: ['Pod/a', 'Deployment/web'] }], 'TargetBusy'],
  ['on another target', [{ ...UNDER_WAY, targets: ['Deployment/api'] }], undefined],
  ['on the same name elsewhere', [{ ...UNDER_WAY, namespace: 'crm' }], undefined],
  ['it is this run itself', [{ ...UNDER_WAY, uid: 'me' }], undefined],
  ['one ended a moment ago', [other({ endedMs: 9 * MINUTE })], 'CoolingDown'],
  ['one ended just long enough ago', [other({ endedMs: 10 * MINUTE })], undefined],
  ['one ended that changed nothing', [other({ endedMs: 0, wrote: false })], undefined],
  ['three within the hour', [other({ uid: 'a' }), other({ uid: 'b' }), other({ uid: 'c', ageMs: 59 * MINUTE })], 'TooManyThisHour'],
  ['two within the hour, one before', [other({ uid: 'a' }), other({ uid: 'b' }), other({ uid: 'c', ageMs: 60 * MINUTE })], undefined],
  [
    'three of another playbook',
    [other({ uid: 'a', playbook: 'x' }), other({ uid: 'b', playbook: 'x' }), other({ uid: 'c', playbook: 'x' })],
    undefined,
  ],
  [
    'two of the playbook on other targets',
    [
      { ...UNDER_WAY, uid: 'a', targets: ['Pod/a'] },
      { ...UNDER_WAY, uid: 'b', targets: ['Pod/b'] },
    ],
    'PlaybookBusy',
  ],
])('%s', (_, begun, reason) => {
  expect(heldByOthers(RUN, begun)?.reason).toBe(reason);
});

it('looks again when the cool-down is over', () => {
  expect(heldByOthers(RUN, [other({ endedMs: 4 * MINUTE })])?.recheckMs).toBe(6 * MINUTE);
});

it('counts for the breaker what began within ten minutes, wherever and of whatever playbook', () => {
  const ages = [0, 9 * MINUTE, 10 * MINUTE];
  expect(begunLately(ages.map((ageMs, at) => other({ uid: `${at}`, ageMs, namespace: `n${at}`, playbook: `p${at}` })))).toBe(2);
});
