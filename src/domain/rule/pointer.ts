/** Places in a JSON document, those of one pointer below those of a shorter one. */
export interface Places {
  /** Whether a pointer ends here. */
  readonly isOne: boolean;
  readonly below: ReadonlyMap<string, Places>;
}

const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;

/** Whether a text is a JSON Pointer (RFC 6901); the empty one points at the whole. */
export function isPointer(text: string): boolean {
  return POINTER.test(text);
}

export function pointerTo(parent: string, part: string): string {
  return `${parent}/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

export function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What is no pointer points nowhere. */
export function placesOf(pointers: readonly string[]): Places {
  return placesBelow(pointers.filter(isPointer).map(partsOf));
}

function placesBelow(paths: readonly (readonly string[])[]): Places {
  const longer = paths.filter(path => path.length > 0);
  const groups = Map.groupBy(longer, ([part = '']) => part);
  const below = [...groups].map(([part, group]) => [part, placesBelow(group.map(path => path.slice(1)))] as const);
  return { isOne: longer.length < paths.length, below: new Map(below) };
}
