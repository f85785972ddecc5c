import { join } from 'node:path';
import { Root } from '../../test/parts/installed.ts';

export interface Settings {
  /** The name of the cluster. */
  readonly cluster: string;
  /** kind's own kubeconfig for it, in a file of ours: nobody's ~/.kube/config is touched. */
  readonly kubeconfig: string;
  readonly nodeImage: string;
  /** The operator's image, as `name:tag`. */
  readonly image: string;
  readonly kind: string;
  readonly helm: string;
  /** Files or folders of the suite. */
  readonly tests: readonly string[];
}

export interface Step {
  readonly what: string;
  readonly command: string;
  readonly args: readonly string[];
}

const Namespace = 'awoooi-system';

/** From nothing to a suite that has run, in this order. The chart's operator looks after its own namespace alone: the suite starts others. */
export function steps(settings: Settings): readonly Step[] {
  return [...clusterSteps(settings), ...releaseSteps(settings), suite(settings)];
}

function clusterSteps({ cluster, kubeconfig, nodeImage, image, kind }: Settings): readonly Step[] {
  const create = ['create', 'cluster', '--name', cluster, '--image', nodeImage, '--kubeconfig', kubeconfig, '--wait', '3m'];
  return [
    { what: 'building the image', command: 'make', args: ['--no-print-directory', 'image', `IMAGE=${image}`] },
    { what: 'creating the cluster', command: kind, args: create },
    { what: 'loading the image into it', command: kind, args: ['load', 'docker-image', image, '--name', cluster] },
  ];
}

function releaseSteps({ kubeconfig, image, helm }: Settings): readonly Step[] {
  const colon = image.lastIndexOf(':');
  const values = [
    `image.repository=${image.slice(0, colon)}`,
    `image.tag=${image.slice(colon + 1)}`,
    'image.pullPolicy=Never',
    `namespaces={${Namespace}}`,
  ];
  const where = ['--namespace', Namespace, '--kubeconfig', kubeconfig];
  const chart = join(Root, 'charts/awoooi-operator');
  const install = ['install', 'awoooi', chart, ...where, '--create-namespace', '--set', values.join(','), '--wait', '--timeout', '5m'];
  return [
    { what: 'installing the chart', command: helm, args: install },
    { what: 'running its helm test', command: helm, args: ['test', 'awoooi', ...where, '--logs', '--timeout', '5m'] },
  ];
}

function suite({ tests }: Settings): Step {
  return { what: 'running the suite', command: 'vitest', args: ['run', ...tests] };
}

/** What takes all of it away again. */
export function removal({ cluster, kubeconfig, kind }: Settings): Step {
  return { what: 'deleting the cluster', command: kind, args: ['delete', 'cluster', '--name', cluster, '--kubeconfig', kubeconfig] };
}
