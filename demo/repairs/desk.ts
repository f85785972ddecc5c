import { z } from 'zod';
import { RepairPlaybookStatus } from '../../src/crds/repairplaybook/status.ts';
import { RepairRunSpec } from '../../src/crds/repairrun/spec.ts';
import { RepairRunStatus } from '../../src/crds/repairrun/status.ts';
import { awoooi } from '../../test/cli/shell.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { kubectl } from '../../test/parts/kubectl.ts';
import type { Stage } from '../stage.ts';
import { deployment } from './manifests.ts';

const Named = z.object({ name: z.string() });
const Playbook = z.object({
  metadata: Named,
  spec: z.object({ source: z.string(), mode: z.string() }),
  status: RepairPlaybookStatus.optional(),
});
export type ShownPlaybook = z.infer<typeof Playbook>;
const Run = z.object({ metadata: Named, spec: RepairRunSpec, status: RepairRunStatus.optional() });
export type ShownRun = z.infer<typeof Run>;
const Deployment = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }) });

const WITHIN = { withinMs: 60_000, everyMs: 100 };

/** How a person works with repairs in one namespace: by kubectl, and by awoooi. */
export function repairDesk({ cluster, operator, apiToken }: Stage, namespace: string) {
  const kubeconfig = cluster.adminKubeconfig;
  const run = (...args: readonly string[]): Promise<string> => kubectl(['-n', namespace, ...args], { kubeconfig });
  const json = async (...args: readonly string[]): Promise<unknown> => JSON.parse(await run('get', ...args, '-o', 'json'));
  const listOf = async <T>(kind: string, schema: z.ZodType<T>): Promise<readonly T[]> =>
    z.object({ items: z.array(schema) }).parse(await json(kind)).items;

  async function runOf(playbook: string, likes: (run: ShownRun) => boolean): Promise<ShownRun> {
    let seen: readonly ShownRun[] = [];
    const found = async (): Promise<ShownRun | undefined> => {
      seen = (await listOf('repairruns', Run)).filter(({ spec }) => spec.playbookRef.name === playbook);
      return seen.find(likes);
    };
    return eventually(found, WITHIN).catch((err: unknown) => {
      const stand = seen.map(({ metadata, status }) => `${metadata.name} is ${status?.phase}: ${status?.message}`);
      throw new Error(`no run of ${playbook} came to be as it should (${stand.join('; ')})`, { cause: err });
    });
  }

  return {
    namespace,
    run,
    runOf,
    apply: (object: object) => kubectl(['-n', namespace, 'apply', '-f', '-'], { kubeconfig, input: JSON.stringify(object) }),
    runs: () => listOf('repairruns', Run),
    playbooks: () => listOf('repairplaybooks', Playbook),
    playbook: async (name: string) => Playbook.parse(await json('repairplaybook', name)),
    /** Makes a Deployment, and waits until its pods are there. */
    async deploy(name: string) {
      await this.apply(deployment(name));
      await this.rolledOut(name);
    },
    rolledOut: (name: string) => run('rollout', 'status', `deployment/${name}`, '--timeout=60s'),
    /** How many rollouts it has had, the first included. */
    async revision(name: string) {
      const { metadata } = Deployment.parse(await json('deployment', name));
      return Number(metadata.annotations['deployment.kubernetes.io/revision']);
    },
    pods: async (name: string) => (await run('get', 'pods', '-l', `app=${name}`, '-o', 'name')).trim().split('\n').toSorted(),
    awoooi: (args: readonly string[], as = kubeconfig) =>
      awoooi(args, {
        env: { PATH: process.env['PATH'] ?? '', KUBECONFIG: as, AWOOOI_API_BASE: operator.url, AWOOOI_API_TOKEN: apiToken },
      }),
  };
}

export type RepairDesk = ReturnType<typeof repairDesk>;
