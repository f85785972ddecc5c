import type { AlertChainProbeStatus } from '../../crds/alertchainprobe/status.ts';

type Ledger = NonNullable<AlertChainProbeStatus['ledger']>;
type Uptime = NonNullable<AlertChainProbeStatus['uptime']>;

interface Bucket {
  /** Hours or days since the epoch. */
  readonly at: number;
  readonly runs: number;
  readonly passed: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const EMPTY: Ledger = { hours: '', days: '' };

/**
 * Counts one run into the ledger: per hour for the last 24 h and per day for the last 30 d, each `at:passed/runs`
 * in base 36, oldest first. The ledger lives in the status because a store outage is exactly what must be counted.
 */
export function recorded(ledger: Ledger | undefined, run: { at: Date; passed: boolean }): Ledger {
  const { hours, days } = ledger ?? EMPTY;
  return {
    hours: counted(hours, { now: Math.floor(run.at.getTime() / HOUR_MS), keep: 24, passed: run.passed }),
    days: counted(days, { now: Math.floor(run.at.getTime() / DAY_MS), keep: 30, passed: run.passed }),
  };
}

/** Share of runs passed, as a percentage with two digits; a span without a run is left out. */
export function uptime(ledger: Ledger, now: Date): Uptime {
  const hour = Math.floor(now.getTime() / HOUR_MS);
  const day = Math.floor(now.getTime() / DAY_MS);
  const spans = {
    '24h': share(ledger.hours, hour - 24),
    '7d': share(ledger.days, day - 7),
    '30d': share(ledger.days, day - 30),
  };
  return {
    ...(spans['24h'] !== undefined && { '24h': spans['24h'] }),
    ...(spans['7d'] !== undefined && { '7d': spans['7d'] }),
    ...(spans['30d'] !== undefined && { '30d': spans['30d'] }),
  };
}

function counted(text: string, run: { now: number; keep: number; passed: boolean }): string {
  const buckets = parsed(text).filter(bucket => bucket.at > run.now - run.keep && bucket.at <= run.now);
  const last = buckets.at(-1);
  const current = last?.at === run.now ? last : { at: run.now, runs: 0, passed: 0 };
  const rest = last?.at === run.now ? buckets.slice(0, -1) : buckets;
  const next = { at: run.now, runs: current.runs + 1, passed: current.passed + (run.passed ? 1 : 0) };
  return [...rest, next].map(({ at, passed, runs }) => `${at.toString(36)}:${passed.toString(36)}/${runs.toString(36)}`).join(' ');
}

function share(text: string, after: number): string | undefined {
  const buckets = parsed(text).filter(bucket => bucket.at > after);
  const runs = buckets.reduce((sum, bucket) => sum + bucket.runs, 0);
  if (runs === 0) return undefined;
  const passed = buckets.reduce((sum, bucket) => sum + bucket.passed, 0);
  // Cut, not rounded: 99.996 % must not read as 100.00 %.
  return `${(Math.floor((passed / runs) * 10_000) / 100).toFixed(2)}%`;
}

/** Anything unreadable is left out: a damaged ledger loses history, never a run. */
function parsed(text: string): Bucket[] {
  return text.split(' ').flatMap(entry => {
    const match = /^([0-9a-z]+):([0-9a-z]+)\/([0-9a-z]+)$/.exec(entry);
    if (!match) return [];
    const [at = 0, passed = 0, runs = 0] = match.slice(1).map(digits => Number.parseInt(digits, 36));
    return [{ at, passed, runs }];
  });
}
