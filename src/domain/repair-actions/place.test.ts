import fc from 'fast-check';
import { expect, it } from 'vitest';
import { patched } from './json-patch.ts';
import { type Place, placeName, putting, type PlaceStep, valueAt } from './place.ts';

const object = {
  metadata: { name: 'web' },
  spec: {
    list: [
      { name: 'a', image: '1' },
      { name: 'b', image: '2' },
    ],
    n: 1,
  },
};

it.each<[Place, unknown, unknown]>([
  [['spec', 'n'], 2, { op: 'replace', path: '/spec/n', value: 2 }],
  [['spec', 'n'], undefined, { op: 'remove', path: '/spec/n' }],
  [['spec', 'm'], undefined, undefined],
  [['spec', 'list', { named: 'b' }, 'image'], '3', { op: 'replace', path: '/spec/list/1/image', value: '3' }],
  [['spec', 'list', { named: 'b' }, 'env'], [], { op: 'add', path: '/spec/list/1/env', value: [] }],
  [['spec', 'list', { named: 'c' }, 'image'], '3', undefined],
  [['metadata', 'annotations', 'a/b~c'], 'x', { op: 'add', path: '/metadata/annotations', value: { 'a/b~c': 'x' } }],
  [
    ['spec', 'template', 'metadata', 'annotations', 'x'],
    'y',
    { op: 'add', path: '/spec/template', value: { metadata: { annotations: { x: 'y' } } } },
  ],
])('puts at %j the value %j by %j', (place, value, operation) => {
  expect(putting(object, place, value)).toEqual(operation);
});

it('escapes in a pointer', () => {
  expect(putting({ a: { 'x/y~z': 1 } }, ['a', 'x/y~z'], 2)?.path).toBe('/a/x~1y~0z');
});

it('holds then what was put there, and gives it back', () => {
  const field = fc.constantFrom('spec', 'n', 'm', 'list', '__proto__', 'a/b');
  const step: fc.Arbitrary<PlaceStep> = fc.oneof(field, fc.constant({ named: 'a' }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3 }), field, fc.constantFrom('x', 0, [], { y: 1 }), (way, last, value) => {
      const place = [...way, last];
      const before = valueAt(object, place);
      const operation = putting(object, place, value);
      fc.pre(operation !== undefined);
      const after = patched(object, [operation]);
      // A field cannot be made within a number or a list.
      fc.pre(after.is === 'patched');
      expect(valueAt(after.value, place)).toEqual(value);
      const back = putting(after.value, place, before);
      expect(back && patched(after.value, [back])).toMatchObject({ is: 'patched' });
    }),
  );
});

it('calls places as people do', () => {
  expect(placeName(['spec', 'replicas'])).toBe('spec.replicas');
  expect(placeName(['spec', 'template', 'spec', 'containers', { named: 'web' }, 'resources', 'limits', 'memory'])).toBe(
    'resources.limits.memory of container web',
  );
  expect(placeName(['spec', 'template', 'spec', 'initContainers', { named: 'x' }, 'image'])).toBe('image of initContainer x');
});
