import { expect, it } from 'vitest';
import { incidentOf } from '../../../test/builders/telegram-world.ts';
import { playbookOf, type PlaybookOver } from '../../../test/builders/known-playbook.ts';
import type { Incident } from '../incidents/incident.ts';
import { matching } from './match.ts';

const KEY = 'v1-7000000000000000';

it.each<[string, PlaybookOver, Partial<Incident>, boolean]>([
  ['of its alert', {}, {}, true],
  ['of another alert', { spec: { match: { alertname: 'Other' } } }, {}, false],
  ['of its anomaly', { spec: { match: { anomalyKey: KEY } } }, {}, true],
  ['of another anomaly', { spec: { match: { anomalyKey: 'v1-7000000000000001' } } }, {}, false],
  ['with its labels', { spec: { match: { alertname: 'DiskFull', labels: { deployment: 'cart' } } } }, {}, true],
  ['with another label', { spec: { match: { alertname: 'DiskFull', labels: { deployment: 'shop' } } } }, {}, false],
  ['without one of its labels', { spec: { match: { alertname: 'DiskFull', labels: { team: 'x' } } } }, {}, false],
  ['without a label that must be empty', { spec: { match: { alertname: 'DiskFull', labels: { team: '' } } } }, {}, true],
  ['of another namespace, where the playbook could not act', { namespace: 'other' }, {}, false],
  ['that names its namespace as OpenTelemetry does', {}, { labels: { 'k8s.namespace.name': 'shop' } }, true],
  ['that names another one so', {}, { labels: { 'k8s.namespace.name': 'other' } }, false],
  ['that names no namespace', { namespace: 'other' }, { labels: {} }, true],
  ['while it is suspended', { spec: { suspend: true } }, {}, false],
  ['while it is quarantined', { status: { trust: 'Quarantined' } }, {}, false],
  ['while it is a candidate', { status: { trust: 'Candidate' } }, {}, true],
])('a playbook is or is not for an incident %s', (_, over, incident, expected) => {
  expect(matching([playbookOf('restart', over)], incidentOf({ anomalyKey: KEY, ...incident }))).toHaveLength(expected ? 1 : 0);
});

it('a playbook that is being deleted is for none', () => {
  const playbook = playbookOf('restart');
  const going = { ...playbook, metadata: { ...playbook.metadata, deletionTimestamp: '2026-11-26T10:00:00Z' } };
  expect(matching([going], incidentOf())).toEqual([]);
});
