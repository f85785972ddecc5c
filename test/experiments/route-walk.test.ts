import { expect, it } from 'vitest';
import { alertmanagerApi } from '../../src/adapters/alertmanager/alertmanager.ts';
import { alertFingerprint } from '../../src/domain/routing/alert-fingerprint.ts';
import { receiversFor } from '../../src/domain/routing/walk.ts';
import { outgoingClient } from '../../src/net/outgoing.ts';
import { startAlertmanager } from '../parts/alertmanager.ts';

const receivers = ['root', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'];

/** As many ways to write a matcher as the old and the new version have in common. */
const ROUTES = [
  { matchers: ['team="db"', 'env=~"prod|live"'], receiver: 'a', continue: true, routes: [{ matchers: ['kind!~"pg.*"'], receiver: 'b' }] },
  { match: { severity: 'critical' }, match_re: { kind: '[a-z]{2}\\d+' }, receiver: 'c' },
  { matchers: ['kind=~"(?i)PG[[:digit:]]{2}"'], receiver: 'd', continue: true },
  {
    matchers: ['env!="prod"', 'team=""'],
    receiver: 'e',
    routes: [{ matchers: ['severity=~"^(warning|info)$"'], receiver: 'f', continue: true }, {}],
  },
  { matchers: ['text="a\\"b\\\\c,d}e"'], receiver: 'g' },
  { matchers: ['text=~"x[\\\\-\\\\.]y|\\\\Qa.b\\\\E"'], receiver: 'h' },
  { matchers: ['text=~".+"', 'text!~"(?s)a.b"'], receiver: 'i' },
];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  team: ['', 'db', 'web'],
  env: ['', 'prod', 'live', 'production'],
  severity: ['', 'critical', 'warning'],
  kind: ['', 'pg15', 'PG15', 'my8'],
  text: ['', 'a"b\\c,d}e', 'x-y', 'x.y', 'xzy', 'a.b', 'a\nb', 'acb'],
};

/** Every combination. */
function labelSets(): Record<string, string>[] {
  return Object.entries(VALUES).reduce<Record<string, string>[]>(
    (sets, [name, values]) => sets.flatMap(set => values.map(value => (value === '' ? set : { ...set, [name]: value }))),
    [{ alertname: 'Walk' }],
  );
}

it.concurrent.for(['0.25', '0.33'] as const)(
  'ends where Alertmanager %s says it does, for every combination',
  async (version, { onTestFinished }) => {
    const config = JSON.stringify({ route: { receiver: 'root', routes: ROUTES }, receivers: receivers.map(name => ({ name })) });
    const part = await startAlertmanager({ version, config });
    onTestFinished(() => part.stop());
    const client = outgoingClient({ maxAnswerBytes: 16 * 1024 * 1024 });
    onTestFinished(() => client.close());
    const api = alertmanagerApi(client);
    const replica = { url: part.url, address: '127.0.0.1' };
    const signal = AbortSignal.timeout(30_000);

    const sets = labelSets();
    const times = { startsAt: new Date(Date.now() - 1_000), endsAt: new Date(Date.now() + 600_000) };
    await api.post(
      replica,
      sets.map(labels => ({ labels, annotations: {}, ...times })),
      signal,
    );
    const alerts = await api.alerts(replica, { label: 'alertname', value: 'Walk' }, signal);
    const { route } = await api.status(replica, signal);

    const theirs = new Map(alerts.map(({ fingerprint, receivers }) => [fingerprint, [...receivers].toSorted()]));
    const ours = sets.map(labels => [labels, receiversFor(route, labels).toSorted()]);
    expect(ours).toEqual(sets.map(labels => [labels, theirs.get(alertFingerprint(labels))]));
  },
);
