import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { parseAlertBody } from '../src/webhook/intake/alert-body.ts';

const Recording = z.object({
  body: z.union([z.literal(''), z.looseObject({ alerts: z.array(z.looseObject({ status: z.string(), labels: z.looseObject({}) })) })]),
});
const bodies = ['alertmanager', 'signoz'].flatMap(folder => {
  const path = join(import.meta.dirname, 'fixtures', folder);
  return readdirSync(path).flatMap(name => {
    const recording = Recording.safeParse(JSON.parse(readFileSync(join(path, name), 'utf8')));
    return recording.success ? [[name, recording.data.body] as const] : [];
  });
});

it('knows every recorded notification', () => {
  expect(bodies).toHaveLength(20);
});

it.each(bodies)('takes from %s every alert that it holds', (_, body) => {
  const parsed = parseAlertBody(Buffer.from(body === '' ? '' : JSON.stringify(body)), new Date());
  const alerts = body === '' ? [] : body.alerts.map(alert => ({ is: 'alert', alert: { status: alert.status, labels: alert.labels } }));
  // A POST that a redirect made a GET of holds none.
  expect(parsed).toMatchObject(body === '' ? { is: 'no-alert', reason: 'the body is empty' } : { is: 'alerts', alerts });
});
