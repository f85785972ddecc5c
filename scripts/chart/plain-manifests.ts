import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { pathOf } from '../../test/parts/installed.ts';

/** Templates of the chart, and the plain manifest that each becomes. */
const MANIFESTS: Readonly<Record<string, string>> = {
  'service-account': 'rbac/service-account',
  'rbac/cluster-role': 'rbac/cluster-role',
  'rbac/leader-election': 'rbac/leader-election',
  'rbac/repair-pause': 'rbac/repair-pause',
  'rbac/api-server-endpoints': 'rbac/api-server-endpoints',
  'rbac/repair-approver': 'rbac/repair-approver',
  'rbac/repair': 'repair/role',
  'policy/repair-approvals': 'policy/repair-approvals',
  'policy/repair-operator': 'policy/repair-operator',
  deployment: 'default/deployment',
  service: 'default/service',
  'pod-disruption-budget': 'default/pod-disruption-budget',
  'redis/config-map': 'default/redis-config-map',
  'redis/stateful-set': 'default/redis-stateful-set',
  'redis/service': 'default/redis-service',
  'redis/network-policy': 'default/redis-network-policy',
};

/** Stands for the namespace that `kubectl -n` says. */
const ANY = 'any-namespace';

const HEAD = '# Generated from charts/awoooi-operator by `make generate`; changes here are overwritten.\n';

/** What only Helm needs. */
const HELMS = /^ *(app\.kubernetes\.io\/(instance|version|managed-by)|helm\.sh\/chart): .*\n/gm;

/** The manifests below config/ for those who use kustomize or kubectl alone, by their path: the chart with its defaults, and without its labels. */
export function plainManifests(root: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const [template, text] of rendered(root)) {
    const manifest = MANIFESTS[template];
    if (manifest === undefined) continue;
    const path = `config/${manifest}.yaml`;
    const before = files.get(path);
    files.set(path, before === undefined ? `${HEAD}${text}` : `${before}---\n${text}`);
  }
  return files;
}

/** Every object with the template that it came from, in the order of Helm. */
function rendered(root: string): (readonly [template: string, text: string])[] {
  const chart = join(root, 'charts/awoooi-operator');
  const args = ['template', 'awoooi', chart, '--namespace=awoooi-system', `--set=repair.namespaces={${ANY}}`];
  const documents = execFileSync(pathOf('helm'), args, { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 }).split(/^---\n/m);
  return documents.flatMap(document => {
    const [, template, text = ''] = /^# Source: awoooi-operator\/templates\/(.+)\.yaml\n([^]*)$/.exec(document) ?? [];
    return template === undefined ? [] : [[template, plain(text)] as const];
  });
}

function plain(text: string): string {
  return `${text
    .replaceAll(HELMS, '')
    .replaceAll(new RegExp(`^ *namespace: ${ANY}\n`, 'gm'), '')
    .trim()}\n`;
}
