import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { RepairObjects } from '../../domain/ports/repair-objects.ts';
import type { Hold } from '../../domain/repair/hold.ts';
import { type BegunRun, type Beginning, begunLately, heldByOthers } from '../../domain/repair/limits.ts';
import { hasEnded } from '../../domain/repair/next-run-step.ts';
import { hasWritten, targetsOf } from '../../domain/repair/steps-of.ts';

interface Entry {
  readonly run: Omit<BegunRun, 'ageMs' | 'endedMs'>;
  readonly key: string;
  readonly atMs: number;
  readonly endedAtMs?: number;
}

export interface LedgerOptions {
  readonly objects: Pick<RepairObjects, 'runs' | 'runsNow'>;
  readonly now: () => Date;
  readonly monotonic: () => number;
}

/** Longer than any cool-down. */
const KEPT_MS = 8 * 24 * 3_600_000;

/**
 * Which runs have begun: as the cache shows them, and those that this process let begin, which the cache may not show yet. A slot is taken
 * in one go, between two awaits, so that however many turns decide at a time, no two take the same.
 */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #entries = new Map<string, Entry>();
  #primed: Promise<void> | undefined;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  /**
   * Before the first run of a stretch of leadership begins, the runs are read from the API server: the cache may be from before what the
   * last leader let begin. Throws PortError.
   */
  async primed(signal: AbortSignal): Promise<void> {
    this.#primed ??= this.#prime(signal);
    try {
      await this.#primed;
    } catch (err) {
      this.#primed = undefined;
      throw err;
    }
  }

  /** How many began lately, but for this one. */
  begunLately(uid: string): number {
    return begunLately(this.#begun().filter(run => run.uid !== uid));
  }

  heldByOthers(run: Beginning): Hold | undefined {
    return heldByOthers(run, this.#begun());
  }

  /** The run begins, or a further step of it: from now on its targets are taken, whatever becomes of the write that says so. */
  reserve(run: Beginning, name: string): void {
    const atMs = this.#options.monotonic();
    for (const [uid, { endedAtMs }] of this.#entries) {
      if (endedAtMs !== undefined && atMs - endedAtMs > KEPT_MS) this.#entries.delete(uid);
    }
    const { uid, namespace, playbook, targets } = run;
    const begunAtMs = this.#entries.get(uid)?.atMs ?? atMs;
    this.#entries.set(uid, { run: { uid, namespace, playbook, targets, wrote: true }, key: `${namespace}/${name}`, atMs: begunAtMs });
  }

  /** It is seen not to have begun. */
  release(uid: string): void {
    this.#entries.delete(uid);
  }

  /** It has ended. */
  ended(uid: string, wrote: boolean): void {
    const entry = this.#entries.get(uid);
    if (!entry || entry.endedAtMs !== undefined) return;
    this.#entries.set(uid, { ...entry, run: { ...entry.run, wrote }, endedAtMs: this.#options.monotonic() });
  }

  /** A run that was deleted holds nobody up, and counts all the same. */
  gone(key: string): void {
    for (const entry of this.#entries.values()) if (entry.key === key) this.ended(entry.run.uid, true);
  }

  clear(): void {
    this.#entries.clear();
    this.#primed = undefined;
  }

  async #prime(signal: AbortSignal): Promise<void> {
    const runs = await this.#options.objects.runsNow(signal);
    const atMs = this.#options.monotonic();
    for (const run of runs) {
      const begun = this.#shown(run);
      if (!begun || this.#entries.has(begun.uid)) continue;
      const { ageMs, endedMs, ...rest } = begun;
      const { namespace, name } = run.metadata;
      const ended = endedMs !== undefined && { endedAtMs: atMs - endedMs };
      this.#entries.set(begun.uid, { run: rest, key: `${namespace}/${name}`, atMs: atMs - ageMs, ...ended });
    }
  }

  #begun(): readonly BegunRun[] {
    const shown = new Map(this.#options.objects.runs().flatMap(run => entryOf(this.#shown(run))));
    const nowMs = this.#options.monotonic();
    for (const [uid, { run, atMs, endedAtMs }] of this.#entries) {
      const cached = shown.get(uid);
      // By the younger of the two ages: a clock that is set forward ends no cool-down.
      const ageMs = Math.min(nowMs - atMs, cached?.ageMs ?? Infinity);
      const endedMs = youngest(cached?.endedMs, endedAtMs === undefined ? undefined : nowMs - endedAtMs);
      // The cache may be from before a workload of the run was known.
      const targets = [...run.targets, ...(cached?.targets ?? [])];
      shown.set(uid, { ...(cached ?? run), targets, ageMs, ...(endedMs !== undefined && { endedMs }) });
    }
    return [...shown.values()];
  }

  /** A run as its status shows it; undefined where it has not begun. */
  #shown(run: RepairRun): BegunRun | undefined {
    const { metadata, spec, status = {} } = run;
    if (status.startedAt === undefined) return undefined;
    const nowMs = this.#options.now().getTime();
    const age = (time: string): number => Math.max(0, nowMs - Date.parse(time));
    return {
      uid: metadata.uid,
      namespace: metadata.namespace,
      playbook: spec.playbookRef.name,
      targets: targetsOf(run),
      ageMs: age(status.startedAt),
      ...(hasEnded(status.phase) && { endedMs: age(status.finishedAt ?? status.startedAt) }),
      wrote: hasWritten(run),
    };
  }
}

const entryOf = (run: BegunRun | undefined): [string, BegunRun][] => (run ? [[run.uid, run]] : []);

function youngest(a: number | undefined, b: number | undefined): number | undefined {
  return a !== undefined && b !== undefined ? Math.min(a, b) : (a ?? b);
}
