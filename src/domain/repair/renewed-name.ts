const LONGEST = 253;
const SUFFIX = 7;

/** Of the run that asks again for a playbook that was changed: the same for the same playbook, so that it is made once. */
export function renewedName(name: string, hash: string): string {
  return `${name.slice(0, LONGEST - SUFFIX).replace(/[-.]+$/, '')}-${hash.slice(0, 6)}`;
}
