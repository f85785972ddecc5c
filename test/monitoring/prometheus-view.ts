import { z } from 'zod';
import { eventually } from '../parts/eventually.ts';

const Labels = z.record(z.string(), z.string());
const Rules = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.object({
            name: z.string(),
            health: z.string(),
            lastError: z.string().default(''),
            alerts: z.array(z.object({ labels: Labels, annotations: Labels })),
          }),
        ),
      }),
    ),
  }),
});
const Answer = z.object({
  data: z.object({ result: z.array(z.object({ metric: Labels, value: z.tuple([z.number(), z.string()]) })) }),
});
const Names = z.object({ data: z.array(z.string()) });

export type ShownRule = z.infer<typeof Rules>['data']['groups'][number]['rules'][number];

/** What a Prometheus says of its rules, and what queries find in it. */
export function prometheusView({ url }: { readonly url: string }) {
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1/${path}`, { signal: AbortSignal.timeout(10_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`Prometheus answered ${path} with ${response.status}: ${text}`);
    return JSON.parse(text);
  };
  const rules = async (): Promise<ShownRule[]> => Rules.parse(await ask('rules?type=alert')).data.groups.flatMap(group => group.rules);
  return {
    rules,
    query: async (expr: string) => Answer.parse(await ask(`query?query=${encodeURIComponent(expr)}`)).data.result,
    names: async () => Names.parse(await ask('label/__name__/values')).data,
    firing: async () => (await rules()).filter(({ alerts }) => alerts.length > 0).map(({ name }) => name),
    /** Resolves with the alerts of this name, once there are some. */
    alerts: async (name: string, withinMs = 30_000) =>
      eventually(
        async () => {
          const { alerts = [] } = (await rules()).find(rule => rule.name === name) ?? {};
          return alerts.length > 0 && alerts;
        },
        { withinMs, everyMs: 200 },
      ),
  };
}
