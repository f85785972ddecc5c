import { type Stage, TEAMS } from '../stage.ts';

/** Alerts of so many different troubles, a few for each team, as Alertmanager's API takes them. */
export function troubles(count: number): { readonly name: string; readonly body: object }[] {
  return Array.from({ length: count }, (_, n) => {
    const name = `Trouble${String(n).padStart(2, '0')}`;
    const labels = { alertname: name, severity: 'warning', namespace: 'shop', team: TEAMS[n % TEAMS.length]?.name ?? '' };
    const startsAt = new Date(Date.now() - 60_000).toISOString();
    const endsAt = new Date(Date.now() + 3_600_000).toISOString();
    return { name, body: { labels, annotations: { summary: `Something is wrong, number ${n}` }, startsAt, endsAt } };
  });
}

/** As Prometheus does: to every Alertmanager. */
export async function send({ alertmanagers }: Pick<Stage, 'alertmanagers'>, alerts: readonly object[]): Promise<void> {
  await Promise.all(
    alertmanagers.map(async ({ url }) => {
      const answer = await fetch(`${url}/api/v2/alerts`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(alerts),
        signal: AbortSignal.timeout(5_000),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}`);
    }),
  );
}
