import { describe, expect, it } from 'vitest';
import { type Fault, PortError, type PortErrorOptions } from '../../domain/ports/port-error.ts';
import { explain, faultConditions } from './faults.ts';

const at = (fault: Fault, options: PortErrorOptions = {}): PortError => new PortError(fault, 'SigNoz at signoz:8080 said no.', options);

describe.each<[Fault, PortErrorOptions, string, boolean, number | undefined, string]>([
  ['unreachable', {}, 'Unreachable', false, undefined, 'check the url of the Secret'],
  ['unavailable', {}, 'Unavailable', false, undefined, 'look into the log of SigNoz'],
  ['rate-limited', { retryAfterMs: 7_000 }, 'RateLimited', false, 7_000, 'no sooner than SigNoz allows'],
  ['unauthorized', {}, 'Unauthorized', true, 60_000, 'Put a valid API key'],
  ['forbidden', {}, 'Forbidden', true, 60_000, 'signoz-editor'],
  ['rejected', {}, 'Rejected', true, undefined, 'Correct the spec'],
  ['unsupported', { detail: 'too-old' }, 'UnsupportedVersion', true, 60_000, 'Upgrade SigNoz'],
  ['unsupported', {}, 'NotSignoz', true, 60_000, 'correct the url of the Secret'],
  ['malformed', {}, 'Malformed', false, undefined, 'check what stands between'],
])('%s %j', (fault, options, reason, stalls, retryAfterMs, next) => {
  it('is told on the object of the turn that met it, with what to do next', () => {
    const told = explain(at(fault, options));
    expect([told.reason, told.stalled ?? false, told.retryAfterMs]).toEqual([reason, stalls, retryAfterMs]);
    expect(told.message).toMatch(/^SigNoz at signoz:8080 said no\. [A-Z].*\.$/);
    expect(told.message).toContain(next);
  });

  it('leaves no green on the objects of that SigNoz', () => {
    const conditions = faultConditions(at(fault, options));
    expect([conditions['Ready']?.status, conditions['Synced']?.status, conditions['Evaluating']?.status]).toEqual([
      'False',
      'Unknown',
      'Unknown',
    ]);
    expect([conditions['Stalled']?.status, conditions['Ready']?.reason]).toEqual([stalls ? 'True' : undefined, reason]);
  });
});

it('shows nothing of an error that nobody foresaw', () => {
  const told = explain(new TypeError('secret of somebody'));
  expect([told.reason, told.message.includes('secret')]).toEqual(['Unexpected', false]);
});

it('cuts what is too long for a condition', () => {
  expect(explain(new PortError('rejected', 'x'.repeat(5_000))).message).toHaveLength(1024);
});
