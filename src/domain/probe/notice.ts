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
  const { conditions = [], notified: told } = probe.status ?? {};
  const chain = conditions.find(({ type }) => type === 'ChainHealthy');
  // A probe that cannot be run proves nothing any more: people must hear of that as of a break.
  const trouble = chain?.status === 'False' ? chain : conditions.find(({ type }) => type === 'Stalled');
  if (trouble) return told === markOf(trouble) ? undefined : brokenNotice(probe, trouble);
  const isBroken = told?.startsWith('Broken@') ?? false;
  return chain && (isBroken ? recovery(probe, chain) : blindness(probe, chain));
}

function recovery(probe: AlertChainProbe, chain: Condition): Notice | undefined {
  return chain.status === 'True' ? recoveredNotice(probe, chain) : undefined;
}

/** Nor does a probe prove anything whose hops cannot be tried, as without our store, which takes no alerts meanwhile either. */
function blindness(probe: AlertChainProbe, chain: Condition): Notice | undefined {
  return isUntried(probe, chain) ? brokenNotice(probe, chain) : undefined;
}

/** Too many runs in a row have ended without an answer: told apart by its reason from a verdict that is still to come. */
function isUntried({ status }: AlertChainProbe, { status: verdict, reason }: Condition): boolean {
  return verdict === 'Unknown' && (status?.hops ?? []).some(({ result, cause }) => result === 'Unknown' && cause === reason);
}

function recoveredNotice(probe: AlertChainProbe, { lastTransitionTime, message }: Condition): Notice {
  return { kind: 'Recovered', probe: nameOf(probe), since: lastTransitionTime, message, mark: `Recovered@${lastTransitionTime}` };
}

const markOf = ({ lastTransitionTime }: Condition): string => `Broken@${lastTransitionTime}`;

function brokenNotice(probe: AlertChainProbe, chain: Condition): Notice {
  const hop = probe.status?.brokenHop;
  return {
    kind: 'Broken',
    probe: nameOf(probe),
    since: chain.lastTransitionTime,
    cause: chain.reason,
    message: chain.message,
    mark: markOf(chain),
    ...(hop !== undefined && { hop }),
  };
}

const nameOf = ({ metadata }: AlertChainProbe): string => `${metadata.namespace}/${metadata.name}`;
