import { expect, it } from 'vitest';
import { mayChange } from './ownership.ts';

const NAMED = { name: 'web', namespace: 'shop' };
const tracking = (id: string): object => ({ annotations: { 'argocd.argoproj.io/tracking-id': id } });
const writtenBy = (manager: string): object => ({ labels: { 'app.kubernetes.io/instance': 'shop' }, managedFields: [{ manager }] });

it.each([
  ['the tracking id of Argo CD', tracking('team:apps/Deployment:shop/web'), 'the Application team of Argo CD'],
  ['one of an application in any namespace', tracking('ns_team:apps/Deployment:shop/web'), 'the Application ns_team of Argo CD'],
  ['the label that many installations track by', { labels: { 'argocd.argoproj.io/instance': 'shop' } }, 'the Application shop of Argo CD'],
  ['the old label, written by Argo CD', writtenBy('argocd-controller'), 'the Application shop of Argo CD'],
  ['the old label, written by its older name', writtenBy('argocd-application-controller'), 'the Application shop of Argo CD'],
  [
    'a Kustomization of Flux',
    { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } },
    'the Kustomization flux-system/apps of Flux',
  ],
  [
    'a HelmRelease of Flux',
    { labels: { 'helm.toolkit.fluxcd.io/name': 'web', 'helm.toolkit.fluxcd.io/namespace': 'shop' } },
    'the HelmRelease shop/web of Flux',
  ],
])('knows an owner by %s', (_, metadata, owner) => {
  const object = { metadata: { ...NAMED, ...metadata } };
  expect(mayChange({ kind: 'Deployment', object, gitOps: 'Refuse' })).toEqual({
    is: 'refused',
    reason: expect.stringContaining(`Deployment web belongs to ${owner}: change it in Git`),
  });
  expect(mayChange({ kind: 'Deployment', object, gitOps: 'AllowRevert' })).toEqual({
    is: 'free',
    note: `. It belongs to ${owner}, which will revert this`,
  });
});

it.each([
  ['nothing', {}],
  ['the tracking id of another object, copied from there', tracking('team:apps/Deployment:shop/other')],
  ['that of another kind', tracking('team:apps/ReplicaSet:shop/web')],
  ['that of another namespace', tracking('team:apps/Deployment:else/web')],
  ['an empty tracking id', tracking('')],
  ['the label of Helm charts', { labels: { 'app.kubernetes.io/instance': 'web', 'app.kubernetes.io/managed-by': 'Helm' } }],
  ['the same, written by Helm', writtenBy('helm')],
  ['an owner that is no controller', { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: 'u' }] }],
])('knows that %s names no owner', (_, metadata) => {
  expect(mayChange({ kind: 'Deployment', object: { metadata: { ...NAMED, ...metadata } }, gitOps: 'Refuse' })).toEqual({
    is: 'free',
    note: '',
  });
});

it.each(['Refuse', 'AllowRevert'] as const)('leaves what an operator has made to that, with gitOps %s', gitOps => {
  const ownerReferences = [{ apiVersion: 'postgresql.cnpg.io/v1', kind: 'Cluster', name: 'db', uid: 'u', controller: true }];
  expect(mayChange({ kind: 'StatefulSet', object: { metadata: { ...NAMED, ownerReferences } }, gitOps })).toEqual({
    is: 'refused',
    reason: expect.stringContaining('made by Cluster db'),
  });
});
