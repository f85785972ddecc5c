import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { opsApp, type OpsDeps } from './ops.ts';

const app = (over: Partial<OpsDeps> = {}) =>
  opsApp({
    alive: () => true,
    readiness: {},
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', body: Readable.from(['up 1\n']) }),
    ...over,
  });

it('says whether the process lives', async () => {
  expect((await app().inject('/livez')).statusCode).toBe(200);
  expect((await app({ alive: () => false }).inject('/livez')).statusCode).toBe(503);
});

it('is ready when every check is, and names those that are not', async () => {
  expect((await app({ readiness: { store: async () => undefined } }).inject('/readyz')).json()).toEqual({
    status: 'ok',
    checks: { store: 'ok' },
  });
  const readiness = {
    store: async () => 'Redis is away',
    cache: async () => Promise.reject(new Error('not listed yet')),
    fine: async () => undefined,
  };
  const answer = await app({ readiness }).inject('/readyz');
  expect([answer.statusCode, answer.json()]).toEqual([
    503,
    { status: 'failed', checks: { store: 'Redis is away', cache: 'not listed yet', fine: 'ok' } },
  ]);
});

it('serves the metrics page as it is given', async () => {
  const answer = await app().inject('/metrics');
  expect([answer.body, answer.headers['content-type']]).toEqual(['up 1\n', 'text/plain; version=0.0.4']);
});
