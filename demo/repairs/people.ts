import { dirname } from 'node:path';
import { kubectl } from '../../test/parts/kubectl.ts';
import { removeFolder } from '../../test/parts/run-folder.ts';
import { NAMESPACE, type Stage, UNLABELLED } from '../stage.ts';

/** Somebody with a kubeconfig of their own. */
export interface Approver {
  /** As the API server knows the user. */
  readonly by: string;
  readonly kubeconfig: string;
}

export interface Approvers {
  readonly mei: Approver;
  readonly lin: Approver;
  /** Removes their kubeconfigs. */
  forget(): void;
}

/** Two people who hold the verb approve on repairruns, in both namespaces. */
export async function peopleOf({ cluster }: Pick<Stage, 'cluster'>): Promise<Approvers> {
  const person = async (name: string): Promise<Approver> => {
    const account = `${NAMESPACE}:${name}`;
    const token = await cluster.serviceAccountToken(NAMESPACE, name);
    for (const namespace of [NAMESPACE, UNLABELLED]) {
      const role = ['--clusterrole=awoooi-repair-approver', `--serviceaccount=${account}`];
      await kubectl(['-n', namespace, 'create', 'rolebinding', `approver-${name}`, ...role], { kubeconfig: cluster.adminKubeconfig });
    }
    return { by: `system:serviceaccount:${account}`, kubeconfig: cluster.kubeconfigFor(token, NAMESPACE) };
  };
  const [mei, lin] = await Promise.all([person('mei'), person('lin')]);
  return {
    mei,
    lin,
    forget() {
      for (const { kubeconfig } of [mei, lin]) removeFolder(dirname(kubeconfig));
    },
  };
}
