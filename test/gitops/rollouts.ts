import { z } from 'zod';
import { manifestsOf } from './manifests.ts';

const Template = z.object({
  spec: z.object({
    args: z.array(z.object({ name: z.string(), value: z.string().optional() })),
    metrics: z.tuple([
      z.object({
        successCondition: z.string(),
        provider: z.object({
          web: z.object({
            url: z.string(),
            headers: z.array(z.object({ key: z.string(), value: z.string() })),
            // The whole answer is the result.
            jsonPath: z.literal('{$}'),
          }),
        }),
      }),
    ]),
  }),
});

const { args, metrics } = Template.parse(manifestsOf('examples/gitops/rollouts/analysis-template.yaml')[0]).spec;
const [metric] = metrics;

interface Measurement {
  readonly phase: 'Successful' | 'Failed' | 'Error';
  readonly value: unknown;
}

/** One measurement as Argo Rollouts takes it by the example, at the operator that answers at `base`. */
export async function measured(base: string, given: Readonly<Record<string, string>>): Promise<Measurement> {
  const { url, headers } = metric.provider.web;
  const place = new URL(filled(url, given));
  const sent = Object.fromEntries(headers.map(({ key, value }) => [key, filled(value, given)]));
  const answer = await fetch(base + place.pathname + place.search, { headers: sent, signal: AbortSignal.timeout(15_000) });
  if (!answer.ok) return { phase: 'Error', value: answer.status };
  const value: unknown = await answer.json();
  return { phase: holds(metric.successCondition, value) ? 'Successful' : 'Failed', value };
}

function filled(text: string, given: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\{\{args\.(\w+)\}\}/g, (_, name: string) => {
    const value = given[name] ?? args.find(arg => arg.name === name)?.value;
    if (value === undefined) throw new Error(`the template has no argument ${name}, or no value for it`);
    return value;
  });
}

const Truths = z.record(z.string(), z.unknown());

/**
 * The condition, as the expression language of Argo Rollouts has it, of which this knows no more than members of `result`, `!` and `&&`:
 * like that language it refuses what is no boolean.
 */
function holds(condition: string, result: unknown): boolean {
  return condition.split(' && ').every(term => {
    const [, not, name = ''] = /^(!?)result\.(\w+)$/.exec(term) ?? [];
    const truth = Truths.parse(result)[name];
    if (typeof truth !== 'boolean') throw new Error(`${term} is no boolean: ${JSON.stringify(truth)}`);
    return not === '!' ? !truth : truth;
  });
}
