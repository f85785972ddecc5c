/** One address of a name, and whether somebody answered there. */
export interface Tried {
  readonly url: string;
  readonly address: string;
  readonly answered: boolean;
}

/**
 * The addresses of one name without those of an address family on which nobody answers while somebody does on the other: such a
 * family is not served at all (`localhost` is also ::1), which is no replica that is down.
 */
export function servedFamilies<T extends Tried>(tried: readonly T[]): T[] {
  return tried.filter(one => one.answered || !isUnserved(one, tried));
}

function isUnserved(one: Tried, tried: readonly Tried[]): boolean {
  const ofName = tried.filter(each => each.url === one.url);
  const answers = (v6: boolean): boolean => ofName.some(each => each.answered && isV6(each) === v6);
  return !answers(isV6(one)) && answers(!isV6(one));
}

function isV6({ address }: Tried): boolean {
  return address.includes(':');
}
