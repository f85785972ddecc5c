import { expect, it } from 'vitest';
import { recordingIncidents } from '../../../test/builders/recording-incidents.ts';
import { asSender, v4, webhookWorld } from '../../../test/builders/webhook-world.ts';
import { alertOf } from '../alerts/alert-of.ts';
import { partitionOf, partitionOfIncident } from './partition.ts';
import { takeAlerts } from './take-alerts.ts';

const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const alert = (alertname: string) => alertOf('alertmanager', { status: 'firing', labels: { alertname }, annotations: {} });
const told = () => ({ onOpen: ['telegram'], onChange: [], later: [] });
const one = (labels: object) => ({ labels, startsAt: '2026-11-23T08:00:00Z' });
const url = '/api/v1/webhooks/alertmanager';

it('gives each alert an id in its partition, and whom it is told to', async () => {
  const incidents = recordingIncidents();
  const ports = { incidents, told, settleMs: () => 7, newRandom: () => 'abcdefghijklm' };
  const answers = await takeAlerts(ports, [alert('A'), alert('B')], soon());
  expect(answers.map(({ is }) => is)).toEqual(['accepted', 'accepted']);
  expect(incidents.handed.map(({ newId }) => partitionOfIncident(newId))).toEqual(
    ['A', 'B'].map(name => partitionOf(alert(name).anomalyKey)),
  );
  expect(incidents.handed[0]).toMatchObject({ told: told(), settleMs: 7 });
});

it('asks nothing of the store for no alerts', async () => {
  const incidents = recordingIncidents();
  expect(await takeAlerts({ incidents, told, settleMs: () => 0, newRandom: () => '' }, [], soon())).toEqual([]);
  expect(incidents.asked()).toBe(0);
});

it('answers each alert of a body for itself: accepted, deduplicated, ignored, drill and bad', async () => {
  const { incidents } = webhookWorld();
  const world = webhookWorld({
    incidents: {
      ...incidents,
      ingest: async (alerts, signal) => {
        const answers = await incidents.ingest(alerts, signal);
        return answers.map((answer, n) => (alerts[n]?.alert.name === 'Late' ? { is: 'ignored', reason: 'it resolved long ago' } : answer));
      },
    },
  });
  const alerts = [
    one({ alertname: 'A' }),
    { labels: 7 },
    one({ alertname: 'Watchdog' }),
    one({ alertname: 'Late' }),
    one({ alertname: 'A' }),
    one({ alertname: 'A', pod: 'b' }),
  ];
  const answer = await world.app.inject({ method: 'POST', url, payload: { alerts }, headers: asSender });
  const [id] = incidents.handed.map(({ newId }) => newId);
  expect(answer.json()).toEqual({
    status: 'accepted',
    incident_id: id,
    is_new: true,
    alerts: [
      { status: 'accepted', incident_id: id, is_new: true },
      { status: 'rejected', error: 'alerts[1].labels: is no object' },
      { status: 'accepted', incident_id: null, is_new: false, drill: true },
      { status: 'ignored', reason: 'it resolved long ago' },
      { status: 'deduplicated', incident_id: id, is_new: false },
      { status: 'accepted', incident_id: id, is_new: false },
    ],
  });
  const counted = ['accepted', 'rejected', 'drill', 'ignored', 'deduplicated', 'accepted'].map(status => `alertmanager ${status} 1`);
  expect(world.counted.filter(line => line.startsWith('alertmanager '))).toEqual(counted);
});

it.each([
  [2, ['truncated by alertmanager', 'truncated by signoz']],
  ['2', ['truncated by alertmanager', 'truncated by signoz']],
  [0, []],
  [undefined, []],
  [{}, []],
])('asks for what truncatedAlerts %j left out', async (truncatedAlerts, expected) => {
  const world = webhookWorld();
  const payload = v4({ alertname: 'A' }, { truncatedAlerts });
  for (const to of [url, '/api/v1/webhooks/signoz']) await world.app.inject({ method: 'POST', url: to, payload, headers: asSender });
  expect(world.counted.filter(line => line.startsWith('truncated'))).toEqual(expected);
});
