import { expect, it } from 'vitest';
import { isRawObject, slim } from './object.ts';

const metadata = { name: 'x', namespace: 'a', resourceVersion: '1', labels: { app: 'x' } };

it('drops managedFields and what kubectl last applied, and nothing else', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', kept: 'yes' };
  const object = { kind: 'Thing', metadata: { ...metadata, annotations, managedFields: [{}] }, spec: { deep: [1] } };
  expect(slim(object)).toEqual({ kind: 'Thing', metadata: { ...metadata, annotations: { kept: 'yes' } }, spec: { deep: [1] } });
  expect(slim({ metadata })).toEqual({ metadata });
});

it.each([
  ['text', 'object'],
  ['a list', [{ metadata }]],
  ['no metadata', { kind: 'Thing' }],
  ['no name', { metadata: { resourceVersion: '1' } }],
  ['no resourceVersion', { metadata: { name: 'x' } }],
  ['a namespace that is none', { metadata: { ...metadata, namespace: 7 } }],
])('takes %s for no object', (_, value) => {
  expect(isRawObject(value)).toBe(false);
});
