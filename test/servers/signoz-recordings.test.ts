import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Signoz, startSignoz } from './signoz.ts';
import { type SignozCaller, ruleIn, signozCaller } from './signoz-caller.ts';
import { fingerprintOf, webhookPayload } from './signoz-payload.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures');
const Answer = z.object({ status: z.number(), body: z.looseObject({ data: z.looseObject({ id: z.string() }) }) });
const Recording = z.object({
  request: z.looseObject({}),
  post: Answer,
  get: Answer,
  put_of_get: z.object({ status: z.number(), get_equal_apart_from_audit: z.literal(true) }),
});

const recordings = readdirSync(join(FIXTURES, 'signoz'))
  .filter(name => name.startsWith('rule-'))
  .map(name => [name, Recording.parse(read('signoz', name))] as const);

function read(...path: readonly string[]): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, ...path), 'utf8'));
}

let signoz: Signoz;
let ask: SignozCaller;

beforeAll(async () => {
  signoz = await startSignoz({ channels: [{ name: 'ops-hook', webhook_configs: [{ url: 'http://127.0.0.1:1/' }] }] });
  ask = signozCaller(signoz);
});
afterAll(() => signoz.stop());

/** What differs between two runs: the id, and the times of whoever wrote when. */
function apart(rule: Readonly<Record<string, unknown>>): unknown {
  return { ...rule, id: '', createdAt: typeOfTime(rule['createdAt']), updatedAt: typeOfTime(rule['updatedAt']) };
}

function typeOfTime(time: unknown): string {
  return time === '0001-01-01T00:00:00Z' ? 'never' : typeof time;
}

describe('rules as a SigNoz took and showed them', () => {
  it('are all here', () => {
    expect(recordings).toHaveLength(9);
  });

  it.each(recordings)('%s', async (_, { request, post, get, put_of_get: put }) => {
    const posted = await ask('POST', '/api/v2/rules', { body: request });
    expect(posted[0]).toBe(post.status);
    expect(apart(ruleIn(posted))).toEqual(apart(post.body.data));

    const path = `/api/v2/rules/${ruleIn(posted).id}`;
    const got = await ask('GET', path);
    expect(got).toEqual([get.status, { ...get.body, data: expect.anything() }]);
    expect(apart(ruleIn(got))).toEqual(apart(get.body.data));

    expect(await ask('PUT', path, { body: ruleIn(got) })).toEqual([put.status, '']);
    // A PUT stops the evaluator of a disabled rule, which a POST starts.
    const state = ruleIn(got)['disabled'] === true ? 'disabled' : 'inactive';
    expect({ ...ruleIn(await ask('GET', path)), updatedAt: '' }).toEqual({ ...ruleIn(got), updatedAt: '', state });
  });
});

const Labels = z.record(z.string(), z.string());
const Recorded = z.object({
  body: z.looseObject({
    receiver: z.string(),
    alerts: z.array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: Labels,
        annotations: Labels,
        startsAt: z.string(),
        endsAt: z.string(),
        generatorURL: z.string(),
        fingerprint: z.string(),
      }),
    ),
    groupLabels: Labels,
    groupKey: z.string(),
    externalURL: z.string(),
    truncatedAlerts: z.number(),
  }),
});
const notified = [
  ...readdirSync(join(FIXTURES, 'alertmanager')).map(name => ['alertmanager', name] as const),
  ['signoz', 'webhook-channel-test.json'] as const,
].flatMap(([folder, name]) => {
  const recorded = Recorded.safeParse(read(folder, name));
  return recorded.success ? [[name, recorded.data.body] as const] : [];
});

/** The notifier inside SigNoz is Alertmanager's: given the alerts of a recording, the body around them must be the recorded one. */
describe('what is written around alerts, and their fingerprints, are as recorded from', () => {
  it('every recording there is', () => {
    expect(notified).toHaveLength(19);
  });

  it.each(notified)('%s', (_, body) => {
    const { alerts, groupLabels, groupKey, externalURL, truncatedAlerts } = body;
    const receiver = body.receiver.replaceAll('\\', '');
    // What was cut off the recording was as like the rest as its first alert.
    const all = [...alerts, ...alerts.slice(0, 1).flatMap(alert => Array.from({ length: truncatedAlerts }, () => alert))];
    const maxAlerts = truncatedAlerts > 0 ? alerts.length : 0;
    const written = webhookPayload({ receiver, alerts: all, groupLabels, groupKey, externalURL, maxAlerts });
    // Alertmanager says why it notifies from v0.33 on; SigNoz holds an older one.
    expect({ ...written, notification_reason: body['notification_reason'] }).toEqual(body);
    expect(alerts.map(({ labels }) => fingerprintOf(labels))).toEqual(alerts.map(({ fingerprint }) => fingerprint));
  });
});
