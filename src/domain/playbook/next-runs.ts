import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { Incident } from '../incidents/incident.ts';
import type { RepairObjects, WantedRun } from '../ports/repair-objects.ts';
import { type Attempt, attemptsOf, isAtWork, nextNumber, ownAttempts } from './attempts.ts';
import { hasEnded } from '../repair/next-run-step.ts';
import { matching } from './match.ts';
import { runNumber } from './run-name.ts';
import { runOf } from './run-of.ts';
import { suggestions } from './suggestions.ts';

export interface Known extends Pick<RepairObjects, 'playbooks' | 'runs'> {
  readonly now: () => Date;
}

export interface NextRuns {
  /** What is tried out beside everything else, and changes nothing. */
  readonly shadows: readonly WantedRun[];
  /** The one repair that comes now. */
  readonly repair?: WantedRun;
  /** Why playbooks that match cannot be run, in sentences. */
  readonly cannot: readonly string[];
}

/**
 * The runs that an incident makes by itself. One repair at a time: the best comes first, and the next only when that has failed. Where a
 * person said no, nobody answered, or nobody can say what came of it, people go on. `intended` is the run, as NAMESPACE/NAME, that was about
 * to be made the last time: unless anybody has seen it since, it is the one.
 */
export function nextRuns(incident: Incident, { playbooks, runs, now }: Known, intended?: string): NextRuns {
  const all = matching(playbooks(), incident);
  const attempts = attemptsOf(incident, { runs: runs(), now: now() });
  const cannot: string[] = [];
  const wanted = (playbook: RepairPlaybook, number: number): WantedRun[] => {
    const made = runOf(playbook, incident, number);
    if (made.is === 'run') return [made.run];
    cannot.push(made.why);
    return [];
  };
  const shadows = all
    .filter(playbook => playbook.spec.mode === 'Shadow' && ownAttempts(attempts, playbook).length === 0)
    .flatMap(playbook => wanted(playbook, 0));
  const again = intended !== undefined && !isKnown(attempts, intended) ? intendedRun(all, { incident, intended }) : undefined;
  if (again) return { shadows, repair: again, cannot };
  if (isAtWork(attempts) || !goesOn(attempts)) return { shadows, cannot };
  const [repair] = suggestions(all, attempts)
    .filter(({ spec: { mode } }) => mode === 'Approve' || mode === 'Automatic')
    .flatMap(playbook => wanted(playbook, nextNumber(ownAttempts(attempts, playbook))));
  return { shadows, ...(repair && { repair }), cannot };
}

function isKnown(attempts: readonly Attempt[], run: string): boolean {
  return attempts.some(({ namespace, name }) => `${namespace}/${name}` === run);
}

/** Undefined where the playbook is not to be used any more, or the incident has opened again since. */
function intendedRun(
  all: readonly RepairPlaybook[],
  { incident, intended }: { readonly incident: Incident; readonly intended: string },
): WantedRun | undefined {
  for (const playbook of all) {
    const { namespace } = playbook.metadata;
    const number = intended.startsWith(`${namespace}/`)
      ? runNumber(intended.slice(namespace.length + 1), playbook.metadata, incident)
      : undefined;
    const made = number === undefined ? undefined : runOf(playbook, incident, number);
    if (made?.is === 'run') return made.run;
  }
  return undefined;
}

/** Whether all that was tried in this opening failed. That nobody answered before the playbook was changed, and then it failed, is the same. */
function goesOn(attempts: readonly Attempt[]): boolean {
  const ended = attempts.filter(attempt => attempt.counts && !attempt.isShadow && hasEnded(attempt.phase));
  const failed = new Set(ended.filter(({ phase }) => phase === 'Failed').map(playbookOf));
  return ended.every(attempt => attempt.phase === 'Failed' || (attempt.phase === 'Expired' && failed.has(playbookOf(attempt))));
}

function playbookOf({ namespace, playbook }: Attempt): string {
  return `${namespace}/${playbook}`;
}
