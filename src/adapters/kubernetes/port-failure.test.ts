import { expect, it } from 'vitest';
import type { Fault } from '../../domain/ports/port-error.ts';
import { KubeError } from '../../kube/client.ts';
import { isNotFound, portFailure } from './port-failure.ts';

it.each<[number | undefined, Fault]>([
  [undefined, 'unreachable'],
  [400, 'rejected'],
  [401, 'unauthorized'],
  [403, 'forbidden'],
  [404, 'rejected'],
  [409, 'rejected'],
  [429, 'rate-limited'],
  [500, 'unavailable'],
  [503, 'unavailable'],
])('what the API server answers with status %s is %s', (status, fault) => {
  const err = new KubeError('it said no', { reason: 'Told', ...(status !== undefined && { status }) });
  const failure = portFailure(err, 'reading the Secret prod/tg');
  expect(failure).toMatchObject({ fault, statusCode: status, message: 'reading the Secret prod/tg: it said no', cause: err });
  expect(isNotFound(err)).toBe(status === 404);
});

it('keeps how long the API server wants to be left alone', () => {
  const err = new KubeError('too many', { reason: 'TooManyRequests', status: 429, retryAfterMs: 7_000 });
  expect(portFailure(err, 'x').retryAfterMs).toBe(7_000);
});

it('leaves what is no answer of the API server as it is', () => {
  const bug = new TypeError('a bug');
  expect(() => portFailure(bug, 'x')).toThrow(bug);
});
