import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { alertFingerprint } from './alert-fingerprint.ts';

const FIXTURES = join(import.meta.dirname, '../../../test/fixtures/alertmanager');

function capturedAlerts(file: string): { labels: Record<string, string>; fingerprint: string }[] {
  return JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')).body?.alerts ?? [];
}

it.each(readdirSync(FIXTURES).filter(file => file.endsWith('.json')))('computes what Alertmanager sent in %s', file => {
  const alerts = capturedAlerts(file);
  expect(alerts.map(({ labels }) => alertFingerprint(labels))).toEqual(alerts.map(({ fingerprint }) => fingerprint));
});

it('sorts names by their bytes', () => {
  expect(alertFingerprint({ é: '1', z: '2' })).toBe(alertFingerprint({ z: '2', é: '1' }));
  expect(alertFingerprint({ a: 'bc' })).not.toBe(alertFingerprint({ ab: 'c' }));
});
