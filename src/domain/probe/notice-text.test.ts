import { expect, it } from 'vitest';
import type { Notice } from './notice.ts';
import { noticeHtml, noticeJson } from './notice-text.ts';

const broken: Notice = {
  kind: 'Broken',
  probe: 'monitoring/production',
  since: '2026-03-01T10:00:00Z',
  hop: 'paging',
  cause: 'Silenced',
  message: 'Silence <42> by "ops" & co matches the canary.',
  mark: 'Broken@2026-03-01T10:00:00Z',
};

it('names probe, hop, cause, message and since when, escaped for Telegram', () => {
  expect(noticeHtml(broken)).toBe(
    [
      '🔴 <b>Alert chain broken</b>: <code>monitoring/production</code>',
      'Hop: <code>paging</code>',
      'Cause: <code>Silenced</code>',
      'Silence &lt;42&gt; by "ops" &amp; co matches the canary.',
      'Since 2026-03-01T10:00:00Z',
    ].join('\n'),
  );
});

it('tells a recovery without hop and cause', () => {
  const { hop: _, cause: __, ...rest } = broken;
  const text = noticeHtml({ ...rest, kind: 'Recovered', message: 'All 9 hops passed.' });
  expect(text).toBe('🟢 <b>Alert chain recovered</b>: <code>monitoring/production</code>\nAll 9 hops passed.\nSince 2026-03-01T10:00:00Z');
});

it('keeps within what Telegram takes', () => {
  expect(noticeHtml({ ...broken, message: '&'.repeat(10_000) }).replaceAll('&amp;', '&').length).toBeLessThan(4096);
});

it('gives webhooks the facts and keeps the mark to itself', () => {
  expect(JSON.parse(noticeJson(broken))).toEqual({
    source: 'awoooi-operator',
    status: 'broken',
    probe: 'monitoring/production',
    hop: 'paging',
    cause: 'Silenced',
    message: 'Silence <42> by "ops" & co matches the canary.',
    since: '2026-03-01T10:00:00Z',
  });
});
