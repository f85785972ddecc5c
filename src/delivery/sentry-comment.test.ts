import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DeliveryBench, deliveryBench } from '../../test/builders/delivery-bench.ts';
import { modelAnalysis, sentryIncident } from '../../test/builders/sentry-incident.ts';
import { type Sentry, startSentry } from '../../test/servers/sentry.ts';
import { sentryApi } from '../adapters/sentry/sentry.ts';
import { type OutgoingClient, outgoingClient } from '../net/outgoing.ts';
import { type SentryCommentDeps, sentryComment } from './sentry-comment.ts';

const HOUR_MS = 3_600_000;
const analysed = sentryIncident({ analysis: modelAnalysis() });
const reanalysed = sentryIncident({
  analysis: modelAnalysis({ rootCause: 'The upstream is down.', at: new Date('2026-03-29T05:00:00Z') }),
});

let server: Sentry;
let client: OutgoingClient;
let now: Date;
let warnings: string[];
let counted: number;

beforeEach(async () => {
  now = new Date('2026-03-29T02:00:00Z');
  warnings = [];
  counted = 0;
  server = await startSentry({ now: () => now });
  client = outgoingClient();
});
afterEach(async () => {
  await client.close();
  await server.stop();
});

function bench(changes: Partial<SentryCommentDeps> = {}): DeliveryBench {
  return deliveryBench(
    sentryComment({
      sentry: sentryApi(client, { url: server.url, token: () => server.token, now: () => now }),
      hasToken: () => true,
      org: undefined,
      language: 'en',
      log: { warn: (_, message) => void warnings.push(message) },
      withoutToken: () => {
        counted += 1;
      },
      ...changes,
    }),
  );
}

const posts = (): number => server.requests.filter(({ method }) => method === 'POST').length;
const texts = (): string[] => server.notes('42').map(({ text }) => text);

describe('the comment', () => {
  it('is posted once, and a second turn writes nothing', async () => {
    const outbox = bench();
    const first = await outbox.deliver(analysed);
    expect(first).toMatchObject({ is: 'delivered', memo: { noteId: server.notes('42')[0]?.activityId } });
    expect(await outbox.deliver(analysed)).toEqual(first);
    expect(server.requests).toHaveLength(1);
    expect(texts()).toEqual([expect.stringMatching(/^## 🧠 AI error analysis \(by gpt-9\)[\s\S]*\n\[awoooi#inc-07-abcdefghijklm\]$/)]);
  });

  it('is brought up to date with a newer analysis, and not repeated', async () => {
    const outbox = bench();
    await outbox.deliver(analysed);
    await outbox.deliver(reanalysed);
    expect(texts()).toEqual([expect.stringContaining('The upstream is down.')]);
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'PUT']);
  });

  it('that somebody removed is posted again', async () => {
    const outbox = bench();
    await outbox.deliver(analysed);
    server.removeNote(outbox.memo()['noteId'] ?? '');
    await outbox.deliver(reanalysed);
    expect(texts()).toEqual([expect.stringContaining('The upstream is down.')]);
    await outbox.deliver(reanalysed);
    expect(posts()).toBe(2);
  });

  it('says that no model was asked where rules spoke', async () => {
    const because = 'No model was asked: none is set up.';
    await bench({ language: 'zh-TW' }).deliver(
      sentryIncident({ analysis: modelAnalysis({ by: 'rules', asked: 'rules', because, rootCause: `${because} It timed out.` }) }),
    );
    expect(texts()).toEqual([expect.stringContaining(because)]);
  });
});

describe('where an attempt never heard of its outcome, there is one comment all the same', () => {
  it('its answer was dropped', async () => {
    const outbox = bench();
    server.breakWith({ is: 'drop-answer' }, ({ method }) => method === 'POST');
    await expect(outbox.deliver(analysed)).rejects.toMatchObject({ name: 'PortError', fault: 'unreachable' });
    server.mend();
    expect(texts()).toHaveLength(1);
    // Sentry's own rule against repetition holds for an hour; ours for as long as it takes.
    now = new Date(now.getTime() + 5 * HOUR_MS);
    expect(await outbox.deliver(analysed)).toMatchObject({ is: 'delivered', memo: { noteId: server.notes('42')[0]?.activityId } });
    expect([posts(), texts().length]).toEqual([1, 1]);
  });

  it('the process died between the post and its record', async () => {
    const outbox = bench();
    await outbox.dyingBeforeTheRecord(analysed);
    now = new Date(now.getTime() + 5 * HOUR_MS);
    expect(await outbox.deliver(analysed)).toMatchObject({ is: 'delivered', memo: { noteId: server.notes('42')[0]?.activityId } });
    expect([posts(), texts().length]).toEqual([1, 1]);
  });

  it('the process died before the post', async () => {
    const outbox = bench();
    server.breakWith({ is: 'reset' });
    await expect(outbox.deliver(analysed)).rejects.toThrow('cut');
    server.mend();
    await outbox.deliver(analysed);
    expect(texts()).toHaveLength(1);
  });

  it('the outbox lost its memory too, and it is tried again within the hour', async () => {
    const outbox = bench();
    await outbox.dyingBeforeTheRecord(analysed);
    outbox.forget();
    expect(await outbox.deliver(analysed)).toMatchObject({ is: 'delivered', memo: { noteId: server.notes('42')[0]?.activityId } });
    expect(texts()).toHaveLength(1);
  });

  it('and the analysis was replaced meanwhile: the one that was posted is brought up to date', async () => {
    const outbox = bench();
    await outbox.dyingBeforeTheRecord(analysed);
    await outbox.deliver(reanalysed);
    expect(texts()).toEqual([expect.stringContaining('The upstream is down.')]);
    expect(posts()).toBe(1);
  });

  it('the one that was posted again for a removed one had its answer dropped', async () => {
    const outbox = bench();
    await outbox.deliver(analysed);
    server.removeNote(outbox.memo()['noteId'] ?? '');
    server.breakWith({ is: 'drop-answer' }, ({ method }) => method === 'POST');
    await expect(outbox.deliver(reanalysed)).rejects.toMatchObject({ fault: 'unreachable' });
    server.mend();
    now = new Date(now.getTime() + 5 * HOUR_MS);
    await outbox.deliver(reanalysed);
    expect(texts()).toEqual([expect.stringContaining('The upstream is down.')]);
  });

  it('a retry is the same text, whatever the configuration says by then', async () => {
    const sentry = sentryApi(client, { url: server.url, token: () => server.token, now: () => now });
    const first = bench({ sentry });
    server.breakWith({ is: 'reset' });
    await expect(first.deliver(analysed)).rejects.toThrow('cut');
    server.mend();
    const { text } = first.memo();
    const later = sentryComment({
      sentry,
      hasToken: () => true,
      org: undefined,
      language: 'zh-TW',
      log: { warn: () => {} },
      withoutToken: () => {},
    });
    const work = {
      partition: 7,
      incidentId: analysed.id,
      channel: 'sentry',
      entryId: '1-0',
      attempts: 1,
      since: now,
      takenAt: now,
      memo: first.memo(),
    };
    await later.deliver({ incident: analysed, work, remember: async () => {} }, new AbortController().signal);
    expect(texts()).toEqual([text]);
  });
});

describe('is skipped', () => {
  it('without a token, with one warning, each counted, and never as an error', async () => {
    const outbox = bench({ hasToken: () => false });
    expect(await outbox.deliver(analysed)).toMatchObject({ is: 'skipped', reason: 'SENTRY_API_TOKEN is not set' });
    await outbox.deliver(reanalysed);
    expect([warnings.length, counted, server.requests.length]).toEqual([1, 2, 0]);
  });

  it.each([
    ['of a metric alert, which has no issue', sentryIncident({ labels: {}, analysis: modelAnalysis() }), 'no Sentry issue'],
    [
      'of another sender, whatever its labels say',
      sentryIncident({ source: 'alertmanager', analysis: modelAnalysis() }),
      'no Sentry issue',
    ],
    ['as long as there is no analysis', sentryIncident(), 'no analysis yet'],
  ])('%s', async (_, incident, reason) => {
    expect(await bench().deliver(incident)).toMatchObject({ is: 'skipped', reason: expect.stringContaining(reason) });
    expect(server.requests).toHaveLength(0);
  });
});

describe('the organization', () => {
  const withoutOrg = sentryIncident({ analysis: modelAnalysis(), labels: { sentry_issue_id: '42' } });

  it.each([
    [
      'is the one that is set',
      'acme',
      sentryIncident({ analysis: modelAnalysis(), labels: { sentry_issue_id: '42', sentry_org: 'other' } }),
      '/api/0/organizations/acme/issues/42/comments/',
    ],
    ['else that of the payload', undefined, analysed, '/api/0/organizations/acme/issues/42/comments/'],
    ['else unknown, which leaves the legacy path', undefined, withoutOrg, '/api/0/issues/42/comments/'],
  ])('%s', async (_, org, incident, path) => {
    await bench({ org }).deliver(incident);
    expect(server.requests.map(request => request.path)).toEqual([path]);
    expect(texts()).toHaveLength(1);
  });
});

it.each([
  ['an issue that is not there, or may not be seen', { labels: { sentry_issue_id: '1', sentry_org: 'acme' } }, 'rejected', 'SENTRY_ORG'],
  ['an organization that is not there', { labels: { sentry_issue_id: '42', sentry_org: 'other' } }, 'rejected', 'SENTRY_ORG'],
])('is tried until it becomes a dead letter that says why: %s', async (_, changes, fault, message) => {
  const failing = bench().deliver(sentryIncident({ analysis: modelAnalysis(), ...changes }));
  await expect(failing).rejects.toMatchObject({ fault, message: expect.stringContaining(message) });
});

it('waits for as long as Sentry says', async () => {
  server.limit(30);
  await expect(bench().deliver(analysed)).rejects.toMatchObject({ fault: 'rate-limited', retryAfterMs: 30_000 });
});
