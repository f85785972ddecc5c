import { z } from 'zod';
import { REPAIR_PLAYBOOK } from '../src/crds/repairplaybook/kind.ts';
import { RepairPlaybookStatus } from '../src/crds/repairplaybook/status.ts';
import { RepairSteps } from '../src/crds/repairplaybook/step.ts';
import { stepsHash } from '../src/domain/playbook/playbook-hash.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { collectionPath } from '../src/kube/key.ts';
import { eventually } from '../test/parts/eventually.ts';
import { forEachOf } from './probes.ts';

export interface ManyPlaybooks {
  readonly namespace: string;
  readonly count: number;
  readonly nameOf: (index: number) => string;
  readonly limits?: object;
}

const STEPS = [{ action: 'restart_pod', target: { kind: 'Deployment', fromLabel: 'deployment' } }];
/** By which the runs of each are counted. */
export const STEPS_HASH = stepsHash({ steps: RepairSteps.parse(STEPS) });

/** Creates that many playbooks that restart a Deployment, as fast as the API server takes them. */
export async function createPlaybooks(client: KubeClient, { namespace, count, nameOf, limits = {} }: ManyPlaybooks): Promise<void> {
  const path = collectionPath(REPAIR_PLAYBOOK, namespace);
  const kind = { apiVersion: `${REPAIR_PLAYBOOK.group}/${REPAIR_PLAYBOOK.version}`, kind: REPAIR_PLAYBOOK.kind };
  await forEachOf(count, async index => {
    const name = nameOf(index);
    const spec = { match: { alertname: `Slow-${name}` }, steps: STEPS, limits };
    await client.request({ method: 'POST', path, body: { ...kind, metadata: { name }, spec } });
  });
}

const Playbook = z.object({ status: RepairPlaybookStatus.optional() });

/** The hash of a playbook, once its controller has read it. */
export function hashOf(client: KubeClient, namespace: string, name: string): Promise<string> {
  const path = `${collectionPath(REPAIR_PLAYBOOK, namespace)}/${name}`;
  const hash = async (): Promise<string | undefined> => Playbook.parse(await client.request({ method: 'GET', path })).status?.hash;
  return eventually(hash, { withinMs: 60_000, everyMs: 100 });
}

/** Of those in the namespace, how many their controller has judged by so many attempts. */
export async function judged(client: KubeClient, namespace: string, attempts: number): Promise<number> {
  const path = collectionPath(REPAIR_PLAYBOOK, namespace);
  const list = z.object({ items: z.array(Playbook) }).parse(await client.request({ method: 'GET', path, deadlineMs: 60_000 }));
  return list.items.filter(({ status }) => status?.stats?.attempts === attempts).length;
}
