import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { AlertChainProbeStatus, HopStatus } from '../../crds/alertchainprobe/status.ts';
import { isConfigurationCause } from '../chain/hop-result.ts';

/** A condition as decided; the frame adds observedGeneration and lastTransitionTime. */
export interface Verdict {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

export interface ProbeConditions {
  readonly ChainHealthy: Verdict;
  readonly Ready: Verdict;
  /** Present only when true (kstatus): a person has to change something. */
  readonly Stalled?: Verdict;
}

type Status = Pick<AlertChainProbeStatus, 'hops' | 'consecutiveFailures' | 'lastRun' | 'runToken' | 'provenGeneration'>;

const verdict = (status: Verdict['status'], reason: string, message: string): Verdict => ({ status, reason, message });

/** The conditions of a probe, from its spec and what its (next) status says; pure. */
export function probeConditions(probe: AlertChainProbe, status: Status): ProbeConditions {
  if (probe.spec.suspend) return suspended();
  const changed = outdated(probe, status);
  const awaited = pending(probe, status) ?? changed;
  const chain = changed ?? chainHealthy(probe, status);
  // Whoever reads kstatus gives up at once on Stalled: what an older run found must not end the wait for the one that was asked for.
  const stalled = awaited ? undefined : stalledBy(status.hops ?? []);
  return { ChainHealthy: chain, Ready: awaited ?? ready(probe, { chain, stalled }), ...(stalled && { Stalled: stalled }) };
}

function suspended(): ProbeConditions {
  const unknown = verdict('Unknown', 'Suspended', 'The probe is suspended: nothing is proven. Set spec.suspend to false to go on.');
  return { ChainHealthy: unknown, Ready: unknown };
}

/** What the old spec proved must not stand as the verdict on the new one. */
function outdated({ metadata }: AlertChainProbe, { provenGeneration }: Status): Verdict | undefined {
  if (provenGeneration === undefined || provenGeneration === metadata.generation) return undefined;
  return verdict('Unknown', 'SpecChanged', 'The spec was changed and no run of the new one has ended yet.');
}

/** What an older token proved must not stand as the answer to the new one. */
function pending({ spec }: AlertChainProbe, { runToken }: Status): Verdict | undefined {
  if (spec.runToken === '' || runToken === spec.runToken) return undefined;
  return verdict('Unknown', 'RunPending', 'A run was asked for by spec.runToken and has not ended yet.');
}

function chainHealthy(probe: AlertChainProbe, status: Status): Verdict {
  const kept = standing(probe);
  const { hops = [], lastRun } = status;
  // A run under way changes nothing that the last one proved.
  if (hops.length === 0 || !lastRun || lastRun.phase === 'Running' || lastRun.phase === 'Interrupted') {
    return kept ?? verdict('Unknown', 'NotRunYet', 'No run has ended yet.');
  }
  if (lastRun.phase === 'Passed') return verdict('True', 'AllHopsPassed', `All ${hops.length} hops passed.`);
  return stillTolerated(probe, status, kept?.status) ?? failed(hops);
}

/** What was decided of the spec as it stands. After a change of our own schema it may be all that can be read of a status. */
function standing({ status, metadata }: AlertChainProbe): Verdict | undefined {
  const before = status?.conditions?.find(({ type }) => type === 'ChainHealthy');
  if (before?.observedGeneration !== metadata.generation) return undefined;
  // It can be read now, without having changed: the operator has.
  return before.reason === 'InvalidSpec' ? undefined : before;
}

function failed(hops: readonly HopStatus[]): Verdict {
  const { result, cause = 'HopFailed' } = broken(hops);
  return verdict(result === 'Unknown' ? 'Unknown' : 'False', cause, failures(hops));
}

/** Scheduled runs may fail a few times before the verdict turns; a requested one counts at once. */
function stillTolerated(
  probe: AlertChainProbe,
  { hops = [], consecutiveFailures = 0, lastRun }: Status,
  before = 'Unknown',
): Verdict | undefined {
  const { failureThreshold } = probe.spec;
  if (lastRun?.trigger !== 'Schedule' || consecutiveFailures >= failureThreshold || before === 'False') return undefined;
  const count = `${consecutiveFailures} of ${failureThreshold} failures in a row before the chain counts as broken`;
  return verdict(before === 'True' ? 'True' : 'Unknown', 'FailureBelowThreshold', cut(`${count}. ${failures(hops)}`));
}

function ready(probe: AlertChainProbe, { chain, stalled }: { chain: Verdict; stalled: Verdict | undefined }): Verdict {
  if (stalled) return { ...stalled, status: 'False' };
  if (probe.spec.gate === 'Enforce' || chain.status === 'Unknown') return chain;
  return verdict('True', 'ProbeWorking', 'The probe runs; what it found is in the condition ChainHealthy.');
}

function stalledBy(hops: readonly HopStatus[]): Verdict | undefined {
  const hop = hops.find(({ cause }) => isConfigurationCause(cause));
  return hop && verdict('True', hop.cause ?? 'NotConfigured', cut(`Hop ${hop.name}: ${hop.message ?? 'it cannot be run'}`));
}

/** The first hop that failed; where none failed, the first that could not be tried. */
export function broken(hops: readonly HopStatus[]): HopStatus {
  const hop = hops.find(({ result }) => result === 'Failed') ?? hops.find(({ result }) => result === 'Unknown');
  return hop ?? { name: '', type: '', result: 'Unknown' };
}

function failures(hops: readonly HopStatus[]): string {
  const bad = hops.filter(({ result }) => result !== 'Passed');
  const others = bad.filter(hop => hop !== broken(hops)).map(({ name, cause }) => `${name} (${cause ?? 'failed'})`);
  const first = `Hop ${broken(hops).name}: ${broken(hops).message ?? 'it failed'}`;
  return cut(others.length > 0 ? `${first} Also failing: ${others.join(', ')}.` : first);
}

/** Conditions hold at most 32,768 characters; people read far less. */
const cut = (text: string): string => (text.length > 1024 ? `${text.slice(0, 1023)}…` : text);
