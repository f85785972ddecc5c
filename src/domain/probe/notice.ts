import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { Condition } from '../../crds/conditions.ts';

/** What people are told about a probe, once per change of its chain. */
export interface Notice {
  readonly kind: 'Broken' | 'Recovered';
  readonly probe: string;
  readonly since: string;
  readonly hop?: string;
  readonly cause?: string;
  readonly message: string;
  /** What goes into status.notified once it was sent: the same change is never told twice. */
  readonly mark: string;
}

/**
 * The notice that is owed, if any. Level-based: a chain that broke during maintenance, or whose notice was lost in
 * a crash, is told as soon as it can be; a recovery is told only where the break was.
 */
export function owedNotice(probe: AlertChainProbe, { maintenance }: { maintenance: boolean }): Notice | undefined {
  if (!probe.spec.notify || probe.spec.suspend || maintenance) return undefined;
  const conditions = new Map(probe.status?.conditions?.map(condition => [condition.type, condition]));
  const chain = conditions.get('ChainHealthy');
  const told = probe.status?.notified;
  // A probe that cannot be run proves nothing any more: people must hear of that as of a break.
  const trouble = chain?.status === 'False' ? chain : conditions.get('Stalled');
  if (trouble) {
    const mark = `Broken@${trouble.lastTransitionTime}`;
    return told === mark ? undefined : brokenNotice(probe, trouble, mark);
  }
  if (chain?.status !== 'True' || told === undefined || !told.startsWith('Broken@')) return undefined;
  return {
    kind: 'Recovered',
    probe: nameOf(probe),
    since: chain.lastTransitionTime,
    message: chain.message,
    mark: `Recovered@${chain.lastTransitionTime}`,
  };
}

function brokenNotice(probe: AlertChainProbe, chain: Condition, mark: string): Notice {
  const hop = probe.status?.brokenHop;
  return {
    kind: 'Broken',
    probe: nameOf(probe),
    since: chain.lastTransitionTime,
    cause: chain.reason,
    message: chain.message,
    mark,
    ...(hop !== undefined && { hop }),
  };
}

const nameOf = ({ metadata }: AlertChainProbe): string => `${metadata.namespace}/${metadata.name}`;
