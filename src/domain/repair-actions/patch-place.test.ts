import { expect, it } from 'vitest';
import type { PatchOperation } from '../../crds/repairplaybook/step.ts';
import { patchPlace } from './patch-place.ts';
import type { World } from './world.ts';

const spec = { replicas: 1, template: { spec: { containers: [{ name: 'web' }, { name: 'proxy' }], initContainers: [{ name: 'init' }] } } };
const deployment: World = { kind: 'Deployment', object: { metadata: { name: 'web' }, spec } };
const daemonSet: World = { ...deployment, kind: 'DaemonSet' };
const configMap: World = { kind: 'ConfigMap', object: { metadata: { name: 'settings' }, data: { a: 'b' } } };

const at = (path: string, op: PatchOperation['op'] = 'replace'): PatchOperation => ({ op, path, value: 'x' });
const POD = '/spec/template/spec';

it.each([
  [`${POD}/containers/0/image`, ['spec', 'template', 'spec', 'containers', { named: 'web' }, 'image']],
  [`${POD}/containers/1/env`, ['spec', 'template', 'spec', 'containers', { named: 'proxy' }, 'env']],
  [`${POD}/containers/1/env/0/value`, ['spec', 'template', 'spec', 'containers', { named: 'proxy' }, 'env']],
  [`${POD}/containers/1/env/-`, ['spec', 'template', 'spec', 'containers', { named: 'proxy' }, 'env']],
  [`${POD}/containers/0/args/2`, ['spec', 'template', 'spec', 'containers', { named: 'web' }, 'args']],
  [`${POD}/initContainers/0/resources/limits/memory`, ['spec', 'template', 'spec', 'initContainers', { named: 'init' }, 'resources']],
  [`${POD}/containers/0/resources/limits/nvidia.com~1gpu`, ['spec', 'template', 'spec', 'containers', { named: 'web' }, 'resources']],
  ['/spec/replicas', ['spec', 'replicas']],
])('lets a playbook patch %s', (path, place) => {
  expect(patchPlace(at(path), deployment)).toEqual({ is: 'allowed', place });
});

it.each([
  '',
  '/',
  '/spec',
  '/spec/',
  '/spec/replicas/',
  '/spec/replicas/x',
  '/spec/paused',
  '/spec/selector',
  '/spec/template',
  '/metadata/annotations/awoooi.io~1repair-step',
  '/metadata/ownerReferences',
  '/status/replicas',
  POD,
  `${POD}/serviceAccountName`,
  `${POD}/volumes/0`,
  `${POD}/hostPID`,
  `${POD}/containers`,
  `${POD}/containers/0`,
  `${POD}/containers/-`,
  `${POD}/containers/-/image`,
  `${POD}/containers/2/image`,
  `${POD}/containers/00/image`,
  `${POD}/containers/+0/image`,
  `${POD}/containers/0x0/image`,
  `${POD}/containers/web/image`,
  `${POD}/containers/0/name`,
  `${POD}/containers/0/command`,
  `${POD}/containers/0/envFrom`,
  `${POD}/containers/0/securityContext/privileged`,
  `${POD}/containers/0/imagePullPolicy`,
  `${POD}/containers/0/image~1x`,
  `${POD}/containers/0~1image`,
  `${POD}/containers/0/env~0`,
  `${POD}~1containers/0/image`,
  `/spec/template~1spec/containers/0/image`,
  `${POD}/../spec/containers/0/image`,
  `${POD}/containers/0/../volumes`,
  `/spec/../metadata/labels`,
  `/spec//template/spec/containers/0/image`,
  `//spec/replicas`,
  `/__proto__/spec/replicas`,
  `${POD}/ephemeralContainers/0/image`,
  `${POD}/containers/0/image\n`,
  '/data/a',
])('refuses the path %s, and names it', path => {
  expect(patchPlace(at(path, 'add'), deployment)).toEqual({
    is: 'refused',
    reason: expect.stringContaining(`the path ${path} is not one`),
  });
  expect(patchPlace(at(path, 'remove'), deployment)).toMatchObject({ is: 'refused' });
});

it('holds a test to the same places, and to the names of containers', () => {
  expect(patchPlace(at(`${POD}/containers/0/name`, 'test'), deployment)).toEqual({ is: 'allowed' });
  expect(patchPlace(at(`${POD}/containers/0/image`, 'test'), deployment)).toEqual({ is: 'allowed' });
  expect(patchPlace(at(`${POD}/containers/0/name/x`, 'test'), deployment)).toMatchObject({ is: 'refused' });
  expect(patchPlace(at(`${POD}/serviceAccountName`, 'test'), deployment)).toMatchObject({ is: 'refused' });
});

it('knows no replicas of a DaemonSet', () => {
  expect(patchPlace(at('/spec/replicas'), daemonSet)).toMatchObject({ is: 'refused' });
});

it.each(['/data/a', '/data/app.yaml', '/data/__proto__'])('lets a playbook patch %s of a ConfigMap', path => {
  expect(patchPlace(at(path), configMap)).toEqual({ is: 'allowed', place: ['data', path.slice('/data/'.length)] });
});

it.each([
  '/data',
  '/data/',
  '/data/..',
  '/data/.',
  '/data/a/b',
  '/data/a~1b',
  '/binaryData/a',
  '/immutable',
  '/metadata/labels/x',
  '/spec/replicas',
])('refuses %s of a ConfigMap', path => {
  expect(patchPlace(at(path), configMap)).toMatchObject({ is: 'refused' });
});
