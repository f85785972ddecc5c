import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { kubernetesFolder, pinned } from './control-plane-version.ts';

export const Root = join(import.meta.dirname, '../..');

export const AllBinaries = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
  'kubectl',
  'helm',
  'redis-server',
  'alertmanager-0.25',
  'alertmanager-0.33',
  'amtool',
  'prometheus',
  'promtool',
  'faketime',
] as const;

/** kind only `make e2e-kind` needs. */
export type Binary = (typeof AllBinaries)[number] | 'kind';

/** The one folder outside the clone that this project writes to. */
export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'awoooi-operator');
}

/** Where `make setup` puts a program: a folder of its version, so that a new version never meets an old one. */
export function placeOf(binary: Binary): string {
  return join(cacheFolder(), ...PLACES[binary]());
}

/** The program to run: from KUBEBUILDER_ASSETS where that has it, else from the cache. Throws a sentence when it is in neither. */
export function pathOf(binary: Binary): string {
  const path = find(binary);
  if (path === undefined) throw new Error(`${binary} is not there: run \`make setup\``);
  return path;
}

export function find(binary: Binary): string | undefined {
  // Whose version nobody here knows: who asks for one by K8S gets just that.
  const assets = (process.env['K8S'] ?? '') === '' ? process.env['KUBEBUILDER_ASSETS'] : undefined;
  const candidates = [...(assets === undefined || assets === '' ? [] : [join(assets, binary)]), placeOf(binary)];
  return candidates.find(path => existsSync(path));
}

const kubernetes = (): string => `k8s-${pinned(kubernetesFolder(), 'k8s.io/kubernetes')}`;

const PLACES: Readonly<Record<Binary, () => readonly string[]>> = {
  etcd: () => [`etcd-${pinned('control-plane', 'go.etcd.io/etcd/server/v3')}`, 'etcd'],
  'kube-apiserver': () => [kubernetes(), 'kube-apiserver'],
  'kube-controller-manager': () => [kubernetes(), 'kube-controller-manager'],
  'kube-scheduler': () => [kubernetes(), 'kube-scheduler'],
  kwok: () => [`kwok-${pinned('kwok', 'sigs.k8s.io/kwok')}`, 'kwok'],
  kind: () => [`kind-${pinned('kind', 'sigs.k8s.io/kind')}`, 'kind'],
  kubectl: () => ['kubectl-1.34', 'kubectl'],
  helm: () => ['kubectl-1.34', 'helm'],
  'redis-server': () => ['redis', 'redis-server'],
  'alertmanager-0.25': () => ['alertmanager-0.25', 'alertmanager'],
  'alertmanager-0.33': () => ['alertmanager-0.33', 'alertmanager'],
  amtool: () => ['alertmanager-0.33', 'amtool'],
  prometheus: () => ['prometheus-3', 'prometheus'],
  promtool: () => ['prometheus-3', 'promtool'],
  faketime: () => ['faketime', 'faketime'],
};
