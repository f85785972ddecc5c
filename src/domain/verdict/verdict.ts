import type { AlertChainProbe } from '../../crds/alertchainprobe/kind.ts';
import type { HopStatus } from '../../crds/alertchainprobe/status.ts';
import { inMaintenance } from '../schedule/maintenance.ts';
import { type EndedRun, lastEndedRun } from './last-ended-run.ts';

/** One reason why a probe's answer is no. `hop` is null where the reason lies with the probe as a whole. */
export interface VerdictFailure {
  readonly hop: string | null;
  readonly cause: string;
  readonly message: string;
}

/** Whether a release may go on, by one probe: the shape that `GET …/verdict` answers with. */
export interface ProbeVerdict {
  readonly ok: boolean;
  readonly stale: boolean;
  readonly suspended: boolean;
  readonly maintenance: boolean;
  /** Since the start of the last run that ended; null before the first. */
  readonly ageSeconds: number | null;
  /** The token that the probe has handled last. */
  readonly runToken: string;
  readonly startedAt: string | null;
  readonly failed: readonly VerdictFailure[];
}

export interface VerdictRequest {
  /** `namespace/name`, for the sentence when there is no such probe. */
  readonly name: string;
  readonly maxAgeSeconds: number;
  readonly now: Date;
}

/**
 * Ok only when the newest ended run passed, is young enough, and was made for the spec and the runToken as they stand. The gate field
 * changes nothing here.
 */
export function verdict(probe: AlertChainProbe | undefined, { name, maxAgeSeconds, now }: VerdictRequest): ProbeVerdict {
  if (!probe) return unjudged({ hop: null, cause: 'ProbeNotFound', message: `There is no AlertChainProbe ${name}.` });
  const run = lastEndedRun(probe.status);
  const ageSeconds = run ? age(run, now) : null;
  const stale = ageSeconds === null || ageSeconds > maxAgeSeconds;
  const failed = [
    ...suspension(probe),
    ...pending(probe),
    ...staleness(stale, { ageSeconds, maxAgeSeconds }),
    ...(run ? failures(probe.status?.hops ?? [], run) : []),
  ];
  return {
    ok: failed.length === 0,
    stale,
    suspended: probe.spec.suspend,
    maintenance: run?.maintenance === true || windowOpen(probe, now),
    ageSeconds,
    runToken: probe.status?.runToken ?? '',
    startedAt: run?.startedAt ?? null,
    failed,
  };
}

/** The verdict when nothing is known of the probe: no, and why. */
export function unjudged(failure: VerdictFailure): ProbeVerdict {
  return {
    ok: false,
    stale: true,
    suspended: false,
    maintenance: false,
    ageSeconds: null,
    runToken: '',
    startedAt: null,
    failed: [failure],
  };
}

/** A clock behind the one that wrote the status gives 0, never a negative age. */
function age(run: EndedRun, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - Date.parse(run.startedAt)) / 1000));
}

function suspension({ spec }: AlertChainProbe): VerdictFailure[] {
  return spec.suspend ? [{ hop: null, cause: 'Suspended', message: 'The probe is suspended; set spec.suspend to false.' }] : [];
}

/** What was asked for and has not been answered yet. */
function pending({ metadata: { generation }, spec, status = {} }: AlertChainProbe): VerdictFailure[] {
  if ((status.runToken ?? '') !== spec.runToken) {
    return [{ hop: null, cause: 'RunPending', message: 'The run that spec.runToken asks for has not ended yet.' }];
  }
  const { observedGeneration = 0, provenGeneration = generation } = status;
  if (Math.min(observedGeneration, provenGeneration) >= generation) return [];
  return [{ hop: null, cause: 'SpecPending', message: 'The spec has changed, and no run of it as it stands has ended yet.' }];
}

function staleness(stale: boolean, { ageSeconds, maxAgeSeconds }: { ageSeconds: number | null; maxAgeSeconds: number }): VerdictFailure[] {
  if (!stale) return [];
  if (ageSeconds === null) return [{ hop: null, cause: 'NotRunYet', message: 'No run has ended yet.' }];
  return [
    {
      hop: null,
      cause: 'Stale',
      message: `The last run that ended began ${ageSeconds} s ago, more than the ${maxAgeSeconds} s asked for.`,
    },
  ];
}

function failures(hops: readonly HopStatus[], run: EndedRun): VerdictFailure[] {
  const failed = hops
    .filter(({ result }) => result !== 'Passed')
    .map(({ name, result, cause, message }) => ({ hop: name, cause: cause ?? result, message: message ?? `Hop ${name}: ${result}.` }));
  if (failed.length > 0) return failed;
  if (hops.length === 0) return [{ hop: null, cause: 'NoHops', message: 'The status names no hop, so nothing is proven.' }];
  return run.passed ? [] : [{ hop: null, cause: 'RunFailed', message: 'The last run that ended failed.' }];
}

/** A window with a cron that cannot be read is told by the probe's own conditions; the verdict must come all the same. */
function windowOpen({ spec }: AlertChainProbe, now: Date): boolean {
  try {
    return inMaintenance(spec.maintenance, now);
  } catch {
    return false;
  }
}
