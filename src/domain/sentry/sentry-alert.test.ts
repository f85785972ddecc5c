import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../alerts/alert.ts';
import { anomalyKey } from '../alerts/anomaly-key.ts';
import { isRecord } from '../text/json.ts';
import { type Fields, fieldsAt, textAt } from '../text/json-fields.ts';
import { listedAlert } from './listed-alert.ts';
import { readSentry } from './read-sentry.ts';
import { type SentryAlert, sentryAlert } from './sentry-alert.ts';

const FOLDER = join(import.meta.dirname, '../../../test/fixtures/sentry');
const EVENT = '0123456789abcdef0123456789abcdef';
const PAGE = 'https://sentry.example.test/organizations/acme/issues/42/';
const ISSUE_KEY = anomalyKey('sentry', { alertname: 'issue:42', namespace: 'api' });

function fixture(name: string): { body: Fields; resource: string | undefined } {
  const whole: unknown = JSON.parse(readFileSync(join(FOLDER, `sentry-${name}.json`), 'utf8'));
  const fields = isRecord(whole) ? whole : {};
  return { body: fieldsAt(fields, 'body'), resource: textAt(fieldsAt(fields, 'headers'), 'sentry-hook-resource') };
}

function made(body: unknown, resource?: string): SentryAlert {
  const read = readSentry(body, resource);
  if (read.is !== 'message') return { is: 'ignored', reason: read.is };
  return sentryAlert(read.message, { isUnverified: false });
}

function alertIn(body: unknown, resource?: string): Alert {
  const result = made(body, resource);
  if (result.is === 'ignored') throw new Error(result.reason);
  return result.alert;
}

const ISSUES = [
  ['issue.created', { status: 'firing', occurrence: undefined }],
  ['issue.resolved', { status: 'resolved', occurrence: undefined }],
  ['error.created', { status: 'firing', occurrence: EVENT }],
  ['event_alert.triggered', { status: 'firing', occurrence: EVENT }],
  ['activity_alert.triggered', { status: 'firing', occurrence: undefined }],
  ['legacy-webhooks-plugin', { status: 'firing', occurrence: EVENT }],
] as const;

describe('the shapes of Sentry', () => {
  it.each(ISSUES)('%s, with its header and without', (name, { status, occurrence }) => {
    const { body, resource } = fixture(name);
    for (const header of new Set([resource, undefined])) {
      const alert = alertIn(body, header);
      expect(alert).toMatchObject({
        source: 'sentry',
        status,
        name: 'TimeoutError: upstream timed out',
        anomalyKey: ISSUE_KEY,
        fingerprint: '42',
        severity: 'error',
        labels: { sentry_issue_id: '42', sentry_org: 'acme', sentry_project: 'api', level: 'error', culprit: 'api.orders in create' },
        annotations: { summary: 'TimeoutError: upstream timed out', description: 'upstream timed out' },
        links: { sentryIssue: expect.stringContaining('/organizations/acme/issues/42/') },
      });
      expect([alert.occurrence, alert.startsAt]).toEqual([occurrence, undefined]);
    }
  });

  it('the events carry where they happened, and their tags', () => {
    const { body, resource } = fixture('event_alert.triggered');
    expect(alertIn(body, resource).labels).toMatchObject({ environment: 'production', release: 'api@1.4.2', namespace: 'awoooi' });
  });

  it('a metric alert is told by its own id, and its rule is the anomaly', () => {
    const { body, resource } = fixture('metric_alert.critical');
    const alert = alertIn(body, resource);
    expect(alert).toMatchObject({
      status: 'firing',
      name: 'p95 too high',
      fingerprint: 'metric_alert:4',
      occurrence: String(Date.parse('2026-08-20T09:58:00Z')),
      startsAt: new Date('2026-08-20T09:58:00Z'),
      severity: 'critical',
      anomalyKey: anomalyKey('sentry', { alertname: 'metric_alert_rule:9', namespace: 'api' }),
      annotations: { summary: 'p95 too high', description: '812 ms p95 in the last 10 minutes' },
      links: { sentryIssue: 'https://sentry.example.test/organizations/acme/alerts/1/' },
    });
    expect(alert.labels).not.toHaveProperty('sentry_issue_id');
    expect(alertIn({ ...body, action: 'resolved' }, resource)).toMatchObject({ status: 'resolved', fingerprint: 'metric_alert:4' });
    expect(alertIn({ ...body, action: 'warning' }).severity).toBe('warning');
  });

  it('the flat form of a bridge is one as well', () => {
    const { body } = fixture('seed-flat-triggered');
    const alert = alertIn(body);
    expect(alert).toMatchObject({
      anomalyKey: ISSUE_KEY,
      fingerprint: '42',
      occurrence: EVENT,
      annotations: { count: '3', first_seen: '2026-08-20T10:00:00.000000Z' },
    });
    const issue = fieldsAt(fieldsAt(body, 'data'), 'issue');
    const numbers = { ...body, data: { ...fieldsAt(body, 'data'), issue: { ...issue, id: 42, count: 3 } } };
    expect(alertIn(numbers, 'event_alert')).toEqual(alert);
    expect(alertIn({ data: { issue } })).toMatchObject({ status: 'firing', fingerprint: '42' });
  });
});

describe('actions', () => {
  const { body, resource } = fixture('issue.created');
  it.each([
    ['created', 'firing'],
    ['unresolved', 'firing'],
    ['resolved', 'resolved'],
    ['archived', 'resolved'],
    ['ignored', 'resolved'],
  ])('an issue that is %s is %s', (action, status) => {
    expect(alertIn({ ...body, action }, resource).status).toBe(status);
  });

  it.each(['assigned', 'of the future'])('an issue that is %s is none', action => {
    expect(made({ ...body, action }, resource)).toEqual({ is: 'ignored', reason: expect.stringContaining(action) });
  });

  it.each([
    ['comment.created', 'other'],
    ['installation.created', 'other'],
  ])('%s is no alert, with its header and without', (name, is) => {
    const { body, resource } = fixture(name);
    expect([readSentry(body, resource).is, readSentry(body, undefined).is]).toEqual([is, is]);
  });

  it.each(['seer', 'preprod_artifact', 'of-the-future'])('the resource %s is no alert', resource => {
    expect(readSentry(body, resource)).toEqual({ is: 'other', about: resource });
  });

  it.each([[null], [[]], ['text'], [{}], [{ data: {} }], [{ data: { issue: {} } }], [{ action: 'created', data: { issue: { id: {} } } }]])(
    '%j is no webhook of Sentry',
    given => {
      expect(readSentry(given, undefined).is).toBe('no-webhook');
    },
  );
});

const event = (over: object) => ({ action: 'triggered', data: { event: { title: 'Boom', project: 7, ...over } } });

describe('what Sentry leaves out', () => {
  it.each([
    ['the old URL', { issue_url: 'https://sentry.test/api/0/issues/42/' }, ['42', undefined, undefined]],
    ['the new URL', { issue_url: 'https://sentry.test/api/0/organizations/acme/issues/42/' }, ['42', 'acme', undefined]],
    ['the event’s URL', { url: 'https://sentry.test/api/0/projects/acme/api/events/1/', issue_id: 42 }, ['42', 'acme', 'api']],
    ['Sentry’s host of an organization', { web_url: 'https://acme.sentry.io/issues/42/events/1/' }, ['42', 'acme', undefined]],
  ])('is found in %s, and an integer is no project', (_, over, expected) => {
    const { labels } = alertIn(event(over));
    expect([labels['sentry_issue_id'], labels['sentry_org'], labels['sentry_project']]).toEqual(expected);
  });

  it.each([
    ['api', 'api'],
    [{ slug: 'api' }, 'api'],
    [7, undefined],
    ['7', undefined],
  ])('takes the project %j for the slug %s', (project, slug) => {
    expect(alertIn({ data: { issue: { id: '42', title: 'Boom', project } } }).labels['sentry_project']).toBe(slug);
  });

  it('names an issue without an id by its title, which no API is asked about', () => {
    const [one, same, other] = ['Boom', 'Boom', 'Bang'].map(title => alertIn(event({ title })));
    expect(one?.fingerprint).toMatch(/^title-[0-9a-f]{16}$/);
    expect([same?.fingerprint === one?.fingerprint, other?.fingerprint === one?.fingerprint]).toEqual([true, false]);
    expect(one?.labels).not.toHaveProperty('sentry_issue_id');
    expect(alertIn(event({ issue_id: '../../members' })).labels).not.toHaveProperty('sentry_issue_id');
  });

  it.each([
    ['fatal', 'critical'],
    ['error', 'error'],
    ['warning', 'warning'],
    ['info', 'info'],
    ['debug', 'info'],
    ['odd', 'warning'],
    [undefined, 'error'],
  ])('the level %s is the severity %s', (level, severity) => {
    expect(alertIn(event({ level })).severity).toBe(severity);
  });

  it('lets no tag say what only Sentry may, and keeps people out', () => {
    const tags = [
      ['sentry_issue_id', '1'],
      ['severity', 'none'],
      ['unverified', 'no'],
      ['user', 'id:7'],
      ['user.email', 'a@b.test'],
      ['__proto__', 'p'],
      ['broken'],
      [null, 1],
      'text',
    ];
    const { labels } = alertIn(event({ tags, issue_id: '42' }));
    expect(Object.keys(labels).toSorted()).toEqual(['__proto__', 'alertname', 'level', 'sentry_issue_id']);
    expect(labels['sentry_issue_id']).toBe('42');
  });
});

it('takes an entry of the issue list for the alert that was missed', () => {
  const issue = fieldsAt(fieldsAt(fixture('issue.created').body, 'data'), 'issue');
  const alert = listedAlert({ id: '42', body: issue });
  const { body, resource } = fixture('issue.created');
  expect(alert).toEqual(alertIn(body, resource));
  expect(alert).toMatchObject({ status: 'firing', links: { sentryIssue: PAGE } });
  expect(alert).not.toHaveProperty('occurrence');
});
