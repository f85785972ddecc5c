/** Whose rule it is: what stands in a rule's `source`, which SigNoz keeps to the letter and uses for nothing. */
export interface RuleMarker {
  readonly clusterId: string;
  readonly namespace: string;
  readonly name: string;
  /** For information only: an object that was deleted and made again takes its rule back. */
  readonly uid?: string;
}

const SCHEME = 'awoooi://';

/** `awoooi://CLUSTER/NAMESPACE/NAME/UID`, every part percent-encoded where it must be. */
export function markerText({ clusterId, namespace, name, uid = '' }: RuleMarker): string {
  const parts = uid === '' ? [clusterId, namespace, name] : [clusterId, namespace, name, uid];
  return SCHEME + parts.map(part => encodeURIComponent(part.toWellFormed())).join('/');
}

/** The marker in a rule's `source`; undefined for a text that we would not have written. */
export function readMarker(source: unknown): RuleMarker | undefined {
  if (typeof source !== 'string' || !source.startsWith(SCHEME)) return undefined;
  const [clusterId, namespace, name, uid = '', ...more] = source.slice(SCHEME.length).split('/').map(decoded);
  if (!clusterId || !namespace || !name || more.length > 0) return undefined;
  const marker = { clusterId, namespace, name, ...(uid !== '' && { uid }) };
  // Another spelling of the same parts is somebody else's text.
  return markerText(marker) === source ? marker : undefined;
}

export function sameOwner(a: RuleMarker, b: RuleMarker): boolean {
  return a.clusterId === b.clusterId && a.namespace === b.namespace && a.name === b.name;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
