import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder } from './installed.ts';

/** CustomResourceDefinitions of other projects, in the Go module that publishes them. */
export interface ForeignCrds {
  readonly module: string;
  readonly version: string;
  /** What go.sum would say of the module. */
  readonly sum: string;
  /** Below the module's root. */
  readonly files: readonly string[];
}

/** What the examples, and the optional objects of the chart, are held to. None needs a newer Go than the control plane does (tools/control-plane/go.mod). */
export const FOREIGN_CRDS: readonly ForeignCrds[] = [
  {
    module: 'github.com/argoproj/argo-cd/v3',
    version: 'v3.4.0',
    sum: 'h1:yZwfaOIzE/aQTA52mOfeZQbribmyxKYvMgirQja4eX0=',
    files: ['manifests/crds/application-crd.yaml'],
  },
  {
    module: 'github.com/argoproj/argo-rollouts',
    version: 'v1.8.4',
    sum: 'h1:yRoN6/mNtb9H2VHhL09ZvF3ZfajerOrKB3EhgIGoz6c=',
    files: ['manifests/crds/analysis-template-crd.yaml', 'manifests/crds/rollout-crd.yaml'],
  },
  {
    module: 'github.com/fluxcd/flagger',
    version: 'v1.36.1',
    sum: 'h1:X2PumtNwZz9YSGaOtZLFm2zAKLgHhFkbNv8beg7ifyc=',
    files: ['artifacts/flagger/crd.yaml'],
  },
  {
    module: 'github.com/fluxcd/helm-controller',
    version: 'v1.6.0',
    sum: 'h1:jlS5X11SG26gspubB5aLrdVSCm0q0tA4ULsY+vwSkL0=',
    files: ['config/crd/bases/helm.toolkit.fluxcd.io_helmreleases.yaml'],
  },
  {
    module: 'github.com/fluxcd/kustomize-controller',
    version: 'v1.9.6',
    sum: 'h1:XB+G3A0mky0j5uVHZWv4oSlS2RvZBoNIUhstIvY0JKE=',
    files: ['config/crd/bases/kustomize.toolkit.fluxcd.io_kustomizations.yaml'],
  },
  {
    module: 'github.com/fluxcd/source-controller',
    version: 'v1.9.6',
    sum: 'h1:nG534/bI6nVpyHra7ONAk6xDB3xPsVT+EOLHZHXPrrc=',
    files: ['config/crd/bases/source.toolkit.fluxcd.io_gitrepositories.yaml'],
  },
  {
    module: 'github.com/prometheus-operator/prometheus-operator',
    version: 'v0.83.0',
    sum: 'h1:qAKbm+45fqNGcn9sGTa1Ae2TM3KZuYA/uyoD2QKi9+o=',
    files: ['alertmanagerconfigs', 'prometheusrules', 'servicemonitors'].map(
      plural => `example/prometheus-operator-crd/monitoring.coreos.com_${plural}.yaml`,
    ),
  },
  {
    module: 'sigs.k8s.io/gateway-api',
    version: 'v1.2.1',
    sum: 'h1:fZZ/+RyRb+Y5tGkwxFKuYuSRQHu9dZtbjenblleOLHM=',
    files: ['config/crd/standard/gateway.networking.k8s.io_httproutes.yaml'],
  },
];

/** Where `make setup` puts a file: a folder of its version, so that a new version never meets an old one. */
export function placeOfCrd({ module, version }: ForeignCrds, file: string): string {
  return join(cacheFolder(), 'foreign-crds', `${module.replaceAll('/', '_')}@${version}`, basename(file));
}

export function hasForeignCrds(crds: ForeignCrds): boolean {
  return crds.files.every(file => existsSync(placeOfCrd(crds, file)));
}

/** The YAML of all of them. Throws a sentence when one is not there. */
export function foreignCrdTexts(): string[] {
  const paths = FOREIGN_CRDS.flatMap(crds => crds.files.map(file => placeOfCrd(crds, file)));
  const missing = paths.find(path => !existsSync(path));
  if (missing !== undefined) throw new Error(`${missing} is not there: run \`make setup\``);
  return paths.map(path => readFileSync(path, 'utf8'));
}
