import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { StepParameters } from '../../crds/repairplaybook/step.ts';
import { placeName } from './place.ts';
import { quantityOf } from './quantity.ts';
import { wantResources } from './want-resources.ts';

function asked(
  parameters: StepParameters,
  resources: object,
  action: 'increase_memory' | 'increase_cpu' | 'adjust_limits' = 'increase_memory',
) {
  const spec = { template: { spec: { containers: [{ name: 'web', resources }] } } };
  const world = { kind: 'Deployment', object: { metadata: { name: 'web' }, spec } } as const;
  const wanted = wantResources({ step: { action, tier: 2, parameters }, world, what: 'Deployment web', now: new Date(0) });
  if (wanted.is === 'refused') return wanted.reason;
  return Object.fromEntries(
    wanted.changes.map(({ place, to }) => [
      placeName(place).split(' of ')[0]?.replace('resources.', '') ?? '',
      to.is === 'value' && to.value,
    ]),
  );
}
const limit = (memory: string, request?: string): object => ({
  limits: { memory },
  ...(request !== undefined && { requests: { memory: request } }),
});

it.each([
  ['a factor', { factor: 2, max: '2Gi' }, limit('512Mi'), { 'limits.memory': '1Gi' }],
  ['a factor up to the maximum', { factor: 16, max: '2Gi' }, limit('512Mi'), { 'limits.memory': '2Gi' }],
  ['a limit of its own, which needs no maximum', { to: '768Mi' }, limit('512Mi'), { 'limits.memory': '768Mi' }],
  ['a limit of its own up to the maximum', { to: '4Gi', max: '1Gi' }, limit('512Mi'), { 'limits.memory': '1Gi' }],
  ['an equal request', { factor: 2, max: '2Gi' }, limit('512Mi', '0.5Gi'), { 'limits.memory': '1Gi', 'requests.memory': '1Gi' }],
  ['a smaller request, which stays', { factor: 2, max: '2Gi' }, limit('512Mi', '256Mi'), { 'limits.memory': '1Gi' }],
])('takes %s', (_, parameters, resources, changes) => {
  expect(asked(parameters, resources)).toEqual(changes);
});

it.each([
  ['no limit', { factor: 2, max: '2Gi' }, { requests: { memory: '1Gi' } }, 'has no memory limit'],
  ['no maximum', { factor: 2 }, limit('512Mi'), 'parameters.max'],
  ['no measure', { max: '2Gi' }, limit('512Mi'), 'parameters.factor or parameters.to'],
  ['two measures', { factor: 2, to: '1Gi', max: '2Gi' }, limit('512Mi'), 'and not both'],
  ['the maximum already', { factor: 2, max: '512Mi' }, limit('0.5Gi'), 'is 512Mi already'],
  ['more than the maximum', { factor: 2, max: '256Mi' }, limit('512Mi'), 'goes no further than 256Mi'],
  ['a lower limit', { to: '256Mi', max: '1Gi' }, limit('512Mi'), 'never lowered: raise parameters.to'],
  ['a factor of 1', { factor: 1, max: '1Gi' }, limit('512Mi'), 'never lowered: raise parameters.factor'],
  ['a container that is not there', { factor: 2, max: '1Gi', container: 'x' }, limit('512Mi'), 'it has: web'],
])('refuses %s', (_, parameters, resources, words) => {
  expect(asked(parameters, resources)).toContain(words);
});

it('takes the resource of the action, and for adjust_limits the one that is named', () => {
  const resources = { limits: { cpu: '500m', memory: '1Gi' } };
  expect(asked({ factor: 1.5, max: '2' }, resources, 'increase_cpu')).toEqual({ 'limits.cpu': '750m' });
  expect(asked({ factor: 1.5, max: '2', resource: 'cpu' }, resources, 'adjust_limits')).toEqual({ 'limits.cpu': '750m' });
  expect(asked({ factor: 1.5, max: '2' }, resources, 'adjust_limits')).toContain('parameters.resource');
});

const nano = (text: unknown): bigint => quantityOf(text)?.nano ?? -1n;

it('never lowers a limit, and never goes beyond the maximum', () => {
  const memory = fc
    .tuple(fc.integer({ min: 1, max: 5_000 }), fc.constantFrom('', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi'))
    .map(([n, unit]) => `${n}${unit}`);
  const factor = fc.integer({ min: 100, max: 1_600 }).map(hundredths => hundredths / 100);
  fc.assert(
    fc.property(memory, memory, factor, (from, max, factor) => {
      const told = asked({ factor, max }, limit(from, from));
      fc.pre(typeof told !== 'string');
      expect(told['limits.memory']).toBe(told['requests.memory']);
      const to = nano(told['limits.memory']);
      expect(to > nano(from) && to <= nano(max)).toBe(true);
    }),
  );
});
