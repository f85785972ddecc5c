import { expect, it } from 'vitest';
import { silenceMatchers } from './matchers.ts';

it.each<[string, Record<string, string>, Record<string, string>]>([
  ['the name alone', { alertname: 'Down' }, { alertname: 'Down' }],
  ['without what changes with each pod', { alertname: 'Down', pod: 'a-1', instance: '10.0.0.1:80' }, { alertname: 'Down' }],
  [
    'cluster, namespace and workload',
    { alertname: 'Down', cluster: 'c', namespace: 'n', deployment: 'd', service: 's', severity: 'critical' },
    { alertname: 'Down', cluster: 'c', namespace: 'n', deployment: 'd' },
  ],
  [
    'the first workload that has a name',
    { alertname: 'Down', deployment: '', statefulset: 'db' },
    { alertname: 'Down', statefulset: 'db' },
  ],
  ['the name of the incident where the alert has none', { service: 's' }, { alertname: 'Named', service: 's' }],
])('%s', (_, labels, expected) => {
  expect(silenceMatchers({ name: 'Named', labels })).toEqual(expected);
});
