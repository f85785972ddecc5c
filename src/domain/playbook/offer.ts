import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { Incident } from '../incidents/incident.ts';
import { type Attempt, attemptsOf, isAtWork, nextNumber, ownAttempts } from './attempts.ts';
import { hasEnded } from '../repair/next-run-step.ts';
import { matching } from './match.ts';
import { type Known, nextRuns } from './next-runs.ts';
import { playbookMark } from './run-name.ts';
import { type RunOf, runOf } from './run-of.ts';
import { suggestions } from './suggestions.ts';
import { summaryOf } from './summary.ts';
import { tierOfSteps } from '../repair/steps-of.ts';

/** What people are told of an incident that nothing is being done about. */
export type Offer =
  /** This can be proposed. `mark` names what was shown. */
  | { readonly is: 'suggestion'; readonly playbook: string; readonly summary: string; readonly tier: number; readonly mark: string }
  /** What was tried has failed, and nothing is left. */
  | { readonly is: 'people'; readonly failed: readonly string[] };

/** Undefined where there is nothing to say, or the operator goes on by itself. */
export function offerFor(incident: Incident, known: Known): Offer | undefined {
  if (incident.status === 'resolved') return undefined;
  const attempts = attemptsOf(incident, { runs: known.runs(), now: known.now() });
  if (isAtWork(attempts) || nextRuns(incident, known).repair) return undefined;
  const tried = attempts.filter(attempt => attempt.counts && !attempt.isShadow && hasEnded(attempt.phase));
  const possible = suggestions(matching(known.playbooks(), incident), attempts).flatMap(playbook => shown(playbook, incident));
  // What asks by itself is no suggestion, before it has asked.
  const best = possible.find(({ mode }) => mode === 'Suggest' || tried.length > 0);
  if (best) return best.offer;
  const failed = tried.filter(({ phase }) => phase === 'Failed').map(({ playbook }) => playbook);
  return failed.length > 0 && possible.length === 0 ? { is: 'people', failed } : undefined;
}

function shown(playbook: RepairPlaybook, incident: Incident) {
  const made = runOf(playbook, incident);
  if (made.is === 'cannot') return [];
  const { steps, mode } = made.run.spec;
  const { name } = playbook.metadata;
  return [
    {
      mode,
      offer: {
        is: 'suggestion',
        playbook: name,
        summary: summaryOf(steps),
        tier: tierOfSteps(steps),
        mark: playbookMark(playbook),
      } as const,
    },
  ];
}

export type Proposed =
  | RunOf
  /** Something is being done about the incident, or waits to be. */
  | { readonly is: 'at-work'; readonly attempt: Attempt }
  /** The playbook is not what was shown any more, or has been tried since. */
  | { readonly is: 'changed' };

/** The run that a person proposes who was shown an offer with this mark. */
export function proposedRun(incident: Incident, mark: string, known: Known): Proposed {
  const attempts = attemptsOf(incident, { runs: known.runs(), now: known.now() });
  const standing = attempts.find(attempt => isAtWork([attempt]));
  if (standing) return { is: 'at-work', attempt: standing };
  const playbook = suggestions(matching(known.playbooks(), incident), attempts).find(each => playbookMark(each) === mark);
  return playbook ? runOf(playbook, incident, nextNumber(ownAttempts(attempts, playbook))) : { is: 'changed' };
}
