import { z } from 'zod';
import { SignozAlertRuleStatus } from '../../src/crds/signozalertrule/status.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { kubectl } from '../../test/parts/kubectl.ts';
import { NAMESPACE, type Stage } from '../stage.ts';

const Shown = z.object({
  metadata: z.object({ generation: z.number() }),
  status: SignozAlertRuleStatus.optional(),
});
type Shown = z.infer<typeof Shown>;

/** How a person works with alert rules: by kubectl. */
export function rulesShell({ cluster: { adminKubeconfig: kubeconfig } }: Pick<Stage, 'cluster'>) {
  const run = (...args: readonly string[]): Promise<string> => kubectl(['-n', NAMESPACE, ...args], { kubeconfig });

  async function until(name: string, holds: (rule: Shown) => boolean): Promise<SignozAlertRuleStatus> {
    return eventually(
      async () => {
        const rule = Shown.parse(JSON.parse(await run('get', 'sar', name, '-o', 'json')));
        if (rule.status && rule.status.observedGeneration === rule.metadata.generation && holds(rule)) return rule.status;
        throw new Error(`${name}: ${rule.status?.conditions?.map(one => `${one.type}=${one.status} ${one.message}`).join('; ')}`);
      },
      { withinMs: 30_000, everyMs: 50 },
    );
  }

  return {
    run,
    until,
    apply: (object: object) => kubectl(['-n', NAMESPACE, 'apply', '-f', '-'], { kubeconfig, input: JSON.stringify(object) }),
    applyFolder: (folder: string) => run('apply', '-f', folder),
    patch: (name: string, spec: object) => run('patch', 'sar', name, '--type=merge', '-p', JSON.stringify({ spec })),
    lookNow: (name: string) => run('annotate', 'sar', name, `awoooi.io/requested-at=${new Date().toISOString()}`, '--overwrite'),
    synced: (name: string) => until(name, ({ status }) => is(status, 'Ready', 'True')),
    gone: (name: string) => eventually(async () => (await run('get', 'sar', name, '--ignore-not-found')) === '', { withinMs: 30_000 }),
  };
}

export type RulesShell = ReturnType<typeof rulesShell>;

/** Whether a condition has this status. */
export function is(status: SignozAlertRuleStatus | undefined, type: string, wanted: 'True' | 'False' | 'Unknown'): boolean {
  return status?.conditions?.find(condition => condition.type === type)?.status === wanted;
}
