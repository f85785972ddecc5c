import { z } from 'zod';
import { eventually } from '../../test/parts/eventually.ts';
import { peersOf } from '../../test/parts/alertmanager.ts';
import type { Stage } from '../stage.ts';

/** One way in which a chain breaks, with the real part that breaks it. */
export interface Break {
  readonly what: string;
  readonly hop: string;
  readonly causes: readonly string[];
  /** Breaks it and returns how it is mended. */
  breakIt(stage: Stage): Promise<() => Promise<void>>;
}

export const BREAKS: readonly Break[] = [
  {
    what: 'a silence that matches the canary',
    hop: 'paging',
    causes: ['Silenced'],
    breakIt: async ({ alertmanagers: [one] }) => {
      const url = one?.url ?? '';
      const id = await silence(url);
      return () => request(`${url}/api/v2/silence/${id}`, { method: 'DELETE' });
    },
  },
  {
    what: 'a route that sends the canary elsewhere',
    hop: 'paging',
    causes: ['NotRouted'],
    breakIt: async stage => {
      await Promise.all(stage.alertmanagers.map(one => one.reload(stage.alertmanagerConfig('nobody'))));
      return async () => void (await Promise.all(stage.alertmanagers.map(one => one.reload(stage.alertmanagerConfig()))));
    },
  },
  {
    what: 'the operator’s credential changed',
    hop: 'paging',
    causes: ['ReceiverRefused'],
    breakIt: async ({ operator, webhookToken }) => {
      operator.setWebhookToken('another-credential');
      await refusedAs(401, { operator, webhookToken });
      return async () => {
        operator.setWebhookToken(webhookToken);
        await refusedAs(400, { operator, webhookToken });
      };
    },
  },
  {
    what: 'one Alertmanager of two stopped',
    hop: 'paging',
    causes: ['PartlyDelivered'],
    breakIt: async ({ alertmanagers }) => {
      await alertmanagers[1]?.halt();
      return () => bothBack(alertmanagers);
    },
  },
  {
    what: 'both Alertmanagers stopped',
    hop: 'paging',
    causes: ['ApiUnreachable'],
    breakIt: async ({ alertmanagers }) => {
      await Promise.all(alertmanagers.map(one => one.halt()));
      return () => bothBack(alertmanagers);
    },
  },
  {
    what: 'Prometheus stopped: the Watchdog goes missing',
    hop: 'prometheus',
    causes: ['WatchdogStale', 'WatchdogResolved'],
    breakIt: async ({ prometheus }) => {
      await prometheus.halt();
      return () => prometheus.restart();
    },
  },
];

async function bothBack(alertmanagers: Stage['alertmanagers']): Promise<void> {
  await Promise.all(alertmanagers.filter(one => !one.process().running()).map(one => one.restart()));
  await eventually(
    async () => (await Promise.all(alertmanagers.map(({ url }) => peersOf(url)))).every(count => count === alertmanagers.length),
    {
      withinMs: 30_000,
    },
  );
}

/** A new credential file is read within a second or so: waits until the operator answers the old credential with `status`. */
async function refusedAs(status: number, { operator, webhookToken }: Pick<Stage, 'operator' | 'webhookToken'>): Promise<void> {
  await eventually(async () => {
    const answer = await fetch(`${operator.url}/api/v1/webhooks/alertmanager`, {
      method: 'POST',
      headers: { authorization: `Bearer ${webhookToken}`, 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.timeout(5_000),
    });
    await answer.body?.cancel();
    return answer.status === status;
  });
}

async function silence(url: string): Promise<string> {
  const body = {
    matchers: [{ name: 'awoooi_canary', value: 'true', isRegex: false }],
    startsAt: new Date().toISOString(),
    endsAt: new Date(Date.now() + 3_600_000).toISOString(),
    createdBy: 'demo',
    comment: 'maintenance that somebody forgot to end',
  };
  const answer = await fetch(`${url}/api/v2/silences`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(5_000),
  });
  return z.object({ silenceID: z.string() }).parse(await answer.json()).silenceID;
}

async function request(url: string, init: RequestInit): Promise<void> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(5_000) });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${url} answered ${answer.status}`);
}
