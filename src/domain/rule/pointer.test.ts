import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isPointer, partsOf, pointerTo } from './pointer.ts';

it.each(['', '/', '/labels/team', '/a~1b', '/m~0n', '/a//b', '/規則', '/ ', '/labels/a\nb'])('%j is a pointer', text => {
  expect(isPointer(text)).toBe(true);
});

it.each(['labels', 'labels/team', '#/labels', '/a~', '/a~2', '/a~/b', '~0'])('%j is none', text => {
  expect(isPointer(text)).toBe(false);
});

it('escapes what has a meaning, and reads it back', () => {
  expect(pointerTo('/labels', 'a/b~c~1')).toBe('/labels/a~1b~0c~01');
  expect(partsOf('/labels/a~1b~0c~01')).toEqual(['labels', 'a/b~c~1']);
  fc.assert(
    fc.property(fc.array(fc.string()), parts => {
      const pointer = parts.reduce(pointerTo, '');
      expect(isPointer(pointer)).toBe(true);
      expect(partsOf(pointer)).toEqual(parts);
    }),
  );
});
