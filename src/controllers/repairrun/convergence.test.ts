import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Killed, RepairBench } from '../../../test/builders/repair-bench.ts';
import { BY_HAND, repairPlaybook, repairRun, RESTART, SCALE, TELL } from '../../../test/builders/known-run.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { RepairOutcome } from '../../domain/ports/learning-repository.ts';
import { PortError } from '../../domain/ports/port-error.ts';
import { hasEnded } from '../../domain/repair/next-run-step.ts';
import { shownHash, shownRepair } from '../../domain/repair/shown-repair.ts';

const HAPPENINGS = [
  'approve',
  'approve',
  'reject',
  'resolve',
  'resolve',
  'fire-again',
  'break-chain',
  'break-workload',
  'mend-workload',
  'change-playbook',
  'suspend-playbook',
  'delete-playbook',
  'pause',
  'go-on',
  'done-by-hand',
  'no-help-by-hand',
  'stores-away',
  'stores-back',
  'clock-back',
  'clock-forward',
  'switch-off',
] as const;
type Happening = (typeof HAPPENINGS)[number];

const AWAY = new PortError('unavailable', 'Redis does not answer');
const STEPS = [RESTART, TELL, SCALE, BY_HAND];

/** One run, its world, and all that can befall them; a process that is killed is followed by one that knows nothing. */
class Story {
  readonly bench: RepairBench;

  constructor({ mode, steps, rollback }: { mode: 'Approve' | 'Automatic'; steps: number; rollback: boolean }) {
    this.bench = new RepairBench();
    const spec = { mode, steps: STEPS.slice(0, steps), onFailure: rollback ? ('Rollback' as const) : ('Keep' as const) };
    this.bench.put(repairPlaybook({ spec: { ...spec, successfulRunsHistoryLimit: 5 } }), repairRun({ spec }));
  }

  get runs(): readonly RepairRun[] {
    return [...this.bench.world.stored.values()];
  }

  async turns(): Promise<void> {
    for (const { metadata } of this.runs) {
      try {
        await this.bench.turn(`${metadata.namespace}/${metadata.name}`);
      } catch (err) {
        if (!(err instanceof Killed)) throw err;
        this.bench.restart();
      }
    }
    this.bench.passes(20_000);
  }

  happens(what: Happening): void {
    const { bench } = this;
    const { world } = bench;
    const [book] = world.books.values();
    if (what === 'approve') this.#decides('Approve');
    else if (what === 'reject') this.#decides('Reject');
    else if (what === 'done-by-hand' || what === 'no-help-by-hand') this.#answers(what === 'done-by-hand');
    else if (what === 'change-playbook' && book) bench.put({ ...book, status: { ...book.status, hash: 'fedcba9876543210' } });
    else if (what === 'suspend-playbook' && book) bench.put({ ...book, spec: { ...book.spec, suspend: true } });
    else if (what === 'delete-playbook') world.books.clear();
    else if (what === 'clock-back') bench.now = new Date(bench.now.getTime() - 3_600_000);
    else if (what === 'clock-forward') bench.now = new Date(bench.now.getTime() + 600_000);
    else this.#befalls(what);
  }

  #befalls(what: Happening): void {
    const { bench } = this;
    const { world } = bench;
    if (what === 'resolve') world.testimony = { alert: 'resolved', resolvedAt: bench.now, chain: 'alive', detail: 'It resolved.' };
    else if (what === 'fire-again') world.testimony = { alert: 'firing', lastFiredAt: bench.now, chain: 'alive', detail: 'It fires.' };
    else if (what === 'break-chain') world.testimony = { alert: 'firing', chain: 'broken', detail: 'No Watchdog.' };
    else if (what === 'break-workload') world.workload = { is: 'unavailable', detail: 'No replica is available.' };
    else if (what === 'mend-workload') world.workload = { is: 'available', detail: 'It stands.' };
    else if (what === 'pause') world.pauses = [{ by: 'ann', reason: 'release', since: bench.now }];
    else if (what === 'go-on') world.pauses = [];
    else if (what === 'stores-away') world.away = { learning: AWAY, incidents: AWAY };
    else if (what === 'stores-back') world.away = {};
    else if (what === 'switch-off') {
      bench.limits = { ...bench.limits, execution: false };
      bench.restart();
    }
  }

  /** Everything answers again, and a process comes that knows nothing. */
  async ends(): Promise<void> {
    const { bench } = this;
    bench.kills = [];
    bench.restart();
    this.happens('stores-back');
    for (let rounds = 0; rounds < 40_000; rounds += 1) {
      if (this.runs.every(run => hasEnded(run.status?.phase))) break;
      await this.turns();
      if (rounds > 1_000) bench.passes(3_600_000);
    }
    for (const { metadata } of this.runs) await bench.settle(`${metadata.namespace}/${metadata.name}`);
  }

  /** As the API would: of a run that still waits. */
  #decides(decision: 'Approve' | 'Reject'): void {
    const { bench } = this;
    if (bench.status().phase !== 'AwaitingApproval') return;
    const by = `${decision}@example.com`;
    bench.edit(run => {
      const others = (run.status?.approvals ?? []).filter(one => one.by !== by);
      return { ...run, status: { ...run.status, approvals: [...others, { by, via: 'api', decision, time: bench.now.toISOString() }] } };
    });
  }

  #answers(helped: boolean): void {
    const { bench } = this;
    const answer = { by: 'ann', helped, time: bench.now.toISOString() };
    const steps = (bench.status().steps ?? []).map(step =>
      step.action === BY_HAND.action && step.effectTime !== undefined && !step.answer ? { ...step, answer } : step,
    );
    bench.edit(run => ({ ...run, status: { ...run.status, steps } }));
  }
}

/** All that is not as it must be, in the end. */
function wrongs({ bench, runs }: Story): unknown[] {
  const { done, undone } = bench.world;
  const keys = done.map(({ run, step }) => `${run}/${step}`);
  return [
    ...keys.filter((key, at) => keys.indexOf(key) !== at).map(key => `${key} was done twice`),
    ...keys.filter((key, at) => keys.toSorted()[at] !== key).map(key => `${key} was done out of turn`),
    ...undone.filter(({ plan }) => !done.some(doing => doing.plan === plan)).map(({ step }) => `${step} was taken back and never done`),
    ...runs.flatMap(run => wrongsOf(run, bench)),
  ];
}

function wrongsOf(run: RepairRun, { world, now }: RepairBench): unknown[] {
  const { uid, namespace, name } = run.metadata;
  const { approvals = [], phase, steps = [] } = run.status ?? {};
  const done = world.done.filter(doing => doing.run === uid);
  const touched = done.length > 0 || world.told.some(errand => errand.run.uid === uid);
  const approved = approvals.some(({ decision }) => decision === 'Approve');
  const shown = world.incident.get(`${namespace}/${name}`);
  const wanted = shownRepair(run, now);
  const unrecorded = done.filter(
    ({ plan, step }) => !steps.some(record => record.index === step && record.intent?.plan === plan && record.effectTime !== undefined),
  );
  return [
    ...(hasEnded(phase) ? [] : [`${name} has not ended`]),
    ...(touched && !approved ? [`${name} was approved by nobody`] : []),
    ...(touched && (phase === 'Rejected' || phase === 'Expired') ? [`${name} is ${phase}, and was begun`] : []),
    ...unrecorded.map(({ step }) => `step ${step} of ${name} was done otherwise than it is recorded`),
    ...((shown && shownHash(shown)) === (wanted && shownHash(wanted)) ? [] : [`${name} is shown otherwise than it stands`]),
    ...wrongLessons(run, world.recorded),
  ];
}

function wrongLessons({ metadata, status = {} }: RepairRun, recorded: readonly RepairOutcome[]): unknown[] {
  const { verdict, steps = [], learned } = status;
  const times = recorded.filter(({ id }) => id === metadata.uid).length;
  const taught = verdict !== undefined && verdict.phase !== 'Unknown' && steps.some(({ effectTime }) => effectTime !== undefined);
  const right = taught ? times === 1 && learned === true : times === 0 && learned === undefined;
  return right ? [] : [`${metadata.name} is ${verdict?.phase} and was learned ${times} times (${String(learned)})`];
}

const stories = fc.record({
  mode: fc.constantFrom('Approve' as const, 'Automatic' as const),
  steps: fc.integer({ min: 1, max: STEPS.length }),
  rollback: fc.boolean(),
  happenings: fc.array(fc.option(fc.constantFrom(...HAPPENINGS), { freq: 3 }), { minLength: 5, maxLength: 40 }),
  kills: fc.uniqueArray(fc.record({ at: fc.integer({ min: 1, max: 60 }), when: fc.constantFrom('before' as const, 'after' as const) }), {
    selector: ({ at }) => at,
    maxLength: 12,
  }),
});

it('does no step twice, ends every run, and shows and teaches what came of it, whatever happens and whenever it dies', async () => {
  await fc.assert(
    fc.asyncProperty(stories, async ({ happenings, kills, ...run }) => {
      const story = new Story(run);
      story.bench.kills = kills;
      for (const what of happenings) {
        if (what !== null) story.happens(what);
        await story.turns();
      }
      await story.ends();
      expect(wrongs(story)).toEqual([]);
    }),
    { numRuns: 400 },
  );
});
