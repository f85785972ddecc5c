import { z } from 'zod';
import { startHttpServer } from '../servers/http-server.ts';
import { startSignoz } from '../servers/signoz.ts';
import { ruleIn, signozCaller } from '../servers/signoz-caller.ts';
import { postableRule } from './signoz-rule.ts';

const Sent = z.object({
  status: z.string(),
  alerts: z.array(z.looseObject({ status: z.string(), labels: z.record(z.string(), z.string()) })),
});

export type SignozWorld = Awaited<ReturnType<typeof signozWorld>>;

/** A SigNoz with three channels, the webhook behind them, and a clock that is set by hand. It gives a notification up after `withinMs`. */
export async function signozWorld({ withinMs = 10_000 } = {}) {
  let clock = new Date('2026-11-26T10:00:00.000Z');
  const webhook = await startHttpServer({ handle: () => ({ status: 200, body: '' }) });
  const signoz = await startSignoz({
    now: () => clock,
    retry: { firstMs: 5, withinMs },
    policyChannels: ['by-policy'],
    channels: ['ops-hook', 'second', 'by-policy'].map(name => ({ name, webhook_configs: [{ url: `${webhook.url}/${name}` }] })),
  });
  const ask = signozCaller(signoz);
  return {
    signoz,
    webhook,
    ask,
    setClock: (time: string): void => {
      clock = new Date(time);
    },
    posted: async (over: object = {}): Promise<{ id: string; name: string }> => {
      const body = postableRule(over);
      return { id: ruleIn(await ask('POST', '/api/v2/rules', { body })).id, name: body.alert };
    },
    stateOf: async (id: string): Promise<unknown> => ruleIn(await ask('GET', `/api/v2/rules/${id}`))['state'],
    /** What a channel's webhook was sent, answered well or not. */
    toldTo: (channel: string) =>
      webhook.requests.filter(({ path }) => path === `/${channel}`).map(({ body }) => Sent.parse(JSON.parse(body))),
    /** The webhook answers so from now on. */
    answering: (status: number): void => webhook.breakWith({ is: 'answer', reply: { status } }),
    stop: async (): Promise<void> => {
      await signoz.stop();
      await webhook.stop();
    },
  };
}
