import { z } from 'zod';
import { variable } from '../variable.ts';

/** Named by the operator and the CLI alike. */
export const Kubeconfig = variable(
  {
    env: 'KUBECONFIG',
    description:
      'Kubeconfig file of the cluster. Empty: the ServiceAccount of the pod; outside of a pod `awoooi probe trigger`, `approve`, `reject`, `playbooks` and `support-bundle` take `~/.kube/config`.',
    expects: 'the path of a kubeconfig file',
  },
  z.string().optional(),
);
