import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alertFingerprint } from '../routing/alert-fingerprint.ts';
import type { Alert } from './alert.ts';
import { alertOf } from './alert-of.ts';
import { alertTime } from './alert-time.ts';
import { type AlertContext, readAlert } from './read-alert.ts';
import { receivedAlert } from './received-alert.ts';

const now = new Date('2026-11-23T09:00:00Z');

function alert(given: object, context: Partial<AlertContext> = {}, source: 'alertmanager' | 'signoz' = 'alertmanager'): Alert {
  const parsed = readAlert({ labels: { alertname: 'Disk' }, ...given }, { at: 'the alert', now, ...context });
  if (parsed.is === 'bad') throw new Error(parsed.error);
  return alertOf(source, parsed.alert);
}

describe('times', () => {
  it.each([
    ['2026-11-22T19:50:32.761526836Z', '2026-11-22T19:50:32.761Z'],
    ['2026-11-23 08:00:00.5', '2026-11-23T08:00:00.500Z'],
    ['2026-11-23T08:00:00 Z', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T08:00', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T16:00:00+08:00', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23T16:00:00+0800', '2026-11-23T08:00:00.000Z'],
    ['2026-11-23 08:00:00 UTC', '2026-11-23T08:00:00.000Z'],
    [1_795_420_800, '2026-11-23T08:00:00.000Z'],
    ['1795420800000', '2026-11-23T08:00:00.000Z'],
    ['0001-01-01T00:00:00Z', undefined],
    ['2026-13-45T08:00:00Z', undefined],
    ['soon', undefined],
    ['5', undefined],
    ['', undefined],
    [null, undefined],
    [{}, undefined],
    [Number.NaN, undefined],
  ])('reads %j as %j', (text, time) => {
    expect(alertTime(text)?.toISOString()).toBe(time);
  });

  it('keeps the end of what has resolved', () => {
    const endsAt = '2026-11-23T08:00:00Z';
    expect(alert({ status: 'resolved', endsAt }).endsAt).toEqual(new Date(endsAt));
    expect(alert({ status: 'firing', endsAt: '2026-11-23T10:00:00Z' }).endsAt).toBeUndefined();
    expect(alert({ status: 'resolved', endsAt: '0001-01-01T00:00:00Z' }).endsAt).toBeUndefined();
  });

  it('makes the start the occurrence, and none where there is none', () => {
    expect(alert({ startsAt: '2026-11-23T08:00:00.5Z' })).toMatchObject({
      occurrence: '1795420800500',
      startsAt: new Date('2026-11-23T08:00:00.5Z'),
    });
    expect(alert({ startsAt: '0001-01-01T00:00:00Z' })).not.toHaveProperty('occurrence');
    expect(alert({})).not.toHaveProperty('startsAt');
  });
});

describe('the status', () => {
  const [start, past, zero] = ['2026-11-23T08:00:00Z', '2026-11-23T08:30:00Z', '0001-01-01T00:00:00Z'];
  it.each([
    ['its own', { status: 'resolved', endsAt: zero }, 'firing', 'resolved'],
    ['its own, whatever its end', { status: 'firing', endsAt: past, startsAt: start }, 'resolved', 'firing'],
    ['by its end', { startsAt: start, endsAt: past }, 'firing', 'resolved'],
    ['firing while its end is to come', { startsAt: start, endsAt: '2026-11-23T09:04:00Z' }, undefined, 'firing'],
    ['the body’s where the end is Go’s zero', { startsAt: start, endsAt: zero }, 'resolved', 'resolved'],
    ['the body’s where the end lies before the start', { startsAt: past, endsAt: start }, undefined, 'firing'],
    ['firing where nothing is said', {}, undefined, 'firing'],
    ['of the API’s own kind, which says nothing here', { status: { state: 'active' } }, undefined, 'firing'],
  ] as const)('is %s', (_, given, status, expected) => {
    expect(alert(given, { status }).status).toBe(expected);
  });
});

describe('the fingerprint', () => {
  it('is the sender’s, or else Alertmanager’s of the labels', () => {
    expect(alert({ fingerprint: '0123456789ABCDEF' }).fingerprint).toBe('0123456789abcdef');
    for (const fingerprint of [undefined, '', 'mine', 7, '0123456789abcdef0']) {
      expect(alert({ fingerprint }).fingerprint).toBe(alertFingerprint({ alertname: 'Disk' }));
    }
  });
});

describe('labels and annotations', () => {
  it('keeps a label that is called __proto__, and any other name', () => {
    const labels: unknown = JSON.parse('{"alertname":"Disk","__proto__":"p","constructor":"c","k8s.pod.name":"a","名":"é"}');
    const { labels: kept } = alert({ labels });
    expect(Object.entries(kept)).toEqual([
      ['alertname', 'Disk'],
      ['__proto__', 'p'],
      ['constructor', 'c'],
      ['k8s.pod.name', 'a'],
      ['名', 'é'],
    ]);
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
  });

  it('mends halves of surrogate pairs, which no store could give back', () => {
    const { labels, annotations } = alert({ labels: { alertname: 'a\ud800', ['\udc00']: '1' }, annotations: { x: '\ud83d' } });
    expect([labels, annotations]).toEqual([{ alertname: 'a\ufffd', '\ufffd': '1' }, { x: '\ufffd' }]);
  });

  it('cuts what nobody could read, and leaves out what does not fit, but still tells such alerts apart', () => {
    const large = (letter: string) => alert({ labels: { alertname: 'Disk', namespace: 'shop', text: 'x'.repeat(1_000_000) + letter } });
    const [a, b] = [large('a'), large('b')];
    expect(a.labels['text']).toHaveLength(16 * 1024);
    expect(a.labels['namespace']).toBe('shop');
    expect([a.fingerprint === b.fingerprint, a.anomalyKey === b.anomalyKey]).toEqual([false, true]);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`l${n}`, 'x'.repeat(10_000)]));
    const kept = alert({ labels: { ...many, alertname: 'Disk' } }).labels;
    expect([Object.keys(kept).length < 10, kept['alertname']]).toEqual([true, 'Disk']);
  });

  it('names an alert that has no name', () => {
    expect(alert({ labels: { job: 'x' } }).name).toBe('alert without a name');
  });
});

it('reads what earlier versions kept', () => {
  const kept = {
    status: 'firing',
    labels: { alertname: 'Disk' },
    annotations: {},
    startsAt: '2026-11-23T08:00:00Z',
    fingerprint: '0123456789abcdef',
  };
  const entry = { source: 'alertmanager' as const, receivedAt: now, alert: kept, envelope: { receiver: 'awoooi' } };
  expect(receivedAlert(entry)).toEqual(alert(kept));
  expect(receivedAlert({ ...entry, alert: {} })).toBeUndefined();
  expect(receivedAlert({ ...entry, source: 'sentry' })).toBeUndefined();
});

it('reads SigNoz’s alert as recorded', () => {
  const recorded = readFileSync(join(import.meta.dirname, '../../../test/fixtures/signoz/webhook-channel-test.json'), 'utf8');
  const [given] = JSON.parse(recorded).body.alerts;
  const labels = { ...given.labels, ruleId: '7', ruleSource: 'http://localhost:8080/alerts/overview?ruleId=7', 'threshold.name': 'error' };
  expect(alert({ ...given, labels: { ...labels, severity: undefined } }, {}, 'signoz')).toMatchObject({
    source: 'signoz',
    status: 'firing',
    severity: 'error',
    links: { signozRule: 'http://localhost:8080/alerts/overview?ruleId=7' },
  });
});

it('leaves out what SigNoz keeps to itself among the annotations, and nothing of Alertmanager’s', () => {
  const annotations = { summary: 'full', _title_template: '{{title}}', _body_template: '{{body}}', not_private: 'kept' };
  const given = { labels: { alertname: 'Disk' }, annotations };
  expect(alert(given, {}, 'signoz').annotations).toEqual({ summary: 'full', not_private: 'kept' });
  expect(alert(given).annotations).toEqual(annotations);
});
