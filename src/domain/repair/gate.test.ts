import { expect, it } from 'vitest';
import { PROVEN, repairPlaybook, repairRun, RESTART, SCALE } from '../../../test/builders/known-run.ts';
import { type GateFacts, gate } from './gate.ts';

const playbook = repairPlaybook({ spec: { mode: 'Automatic' } });
const RUN = repairRun({ spec: { mode: 'Automatic' } });
const FIRING = { matches: true, status: 'open', alert: 'firing' } as const;
const GOOD: GateFacts = { run: RUN, playbook, automaticTier: 2, incident: FIRING, breaker: { begun: 4, most: 5 } };
const withStats = (over: object): GateFacts['playbook'] =>
  repairPlaybook({ spec: { mode: 'Automatic' }, status: { stats: { ...PROVEN, ...over } } });

it('lets a run begin by itself whose playbook has proved itself', () => {
  expect(gate(GOOD)).toEqual({ open: true, says: 'It runs by itself: the playbook is Trusted (lower bound 0.79 of 12 runs).' });
});

it.each<[string, Partial<GateFacts>, RegExp]>([
  ['the run was made with another mode', { run: repairRun() }, /made with mode Approve/],
  ['the mode is another by now', { playbook: repairPlaybook({ spec: { mode: 'Suggest' } }) }, /is Suggest now/],
  ['a candidate', { playbook: repairPlaybook({ spec: { mode: 'Automatic' }, status: { trust: 'Candidate' } }) }, /Candidate/],
  ['in quarantine', { playbook: repairPlaybook({ spec: { mode: 'Automatic' }, status: { trust: 'Quarantined' } }) }, /Quarantined/],
  ['trusted, and the bound has fallen', { playbook: withStats({ lowerBound: 0.599 }) }, /0.599 is below 0.6/],
  ['trusted by too few', { playbook: withStats({ effectiveN: 4.9 }) }, /4.9 runs, and 5/],
  ['a figure that is none', { playbook: withStats({ lowerBound: NaN }) }, /is below/],
  ['a tier too far', { automaticTier: 1, run: repairRun({ spec: { mode: 'Automatic', steps: [RESTART, SCALE] } }) }, /of tier 2/],
  [
    'a step that is declared to reach less far than it does',
    { automaticTier: 1, run: repairRun({ spec: { mode: 'Automatic', steps: [{ ...SCALE, tier: 1 }] } }) },
    /of tier 2/,
  ],
  [
    'a step that is declared to reach farther',
    { run: repairRun({ spec: { mode: 'Automatic', steps: [{ ...RESTART, tier: 3 }] } }) },
    /of tier 3/,
  ],
  ['none may', { automaticTier: 0 }, /TIER is 0/],
  ['another incident', { incident: { ...FIRING, matches: false } }, /none that the playbook matches/],
  ['a person has resolved it', { incident: { ...FIRING, status: 'resolved' } }, /incident is resolved/],
  ['the alert has resolved', { incident: { ...FIRING, alert: 'resolved' } }, /does not fire any more/],
  ['the incident is gone', { incident: { ...FIRING, alert: 'gone' } }, /does not fire any more/],
  ['nobody can say', { incident: undefined }, /Nobody can say/],
  ['the breaker', { breaker: { begun: 5, most: 5 } }, /breaker holds: 5 runs/],
])('asks a person: %s', (_, over, why) => {
  const { open, says } = gate({ ...GOOD, ...over });
  expect(open).toBe(false);
  expect(says).toMatch(why);
  expect(says).toMatch(/A person has to approve\.$/);
});
