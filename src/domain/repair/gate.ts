import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { RepairRun } from '../../crds/repairrun/kind.ts';
import type { IncidentStatus } from '../incidents/incident.ts';
import type { AlertTestimony } from '../ports/alert-witness.ts';
import { isEnough, isProven, NEEDED } from '../learning/authorisation.ts';
import { tierOfSteps } from './steps-of.ts';

export interface GateFacts {
  readonly run: Pick<RepairRun, 'spec'>;
  readonly playbook: Pick<RepairPlaybook, 'spec' | 'status'>;
  /** The highest tier that may run without a person. */
  readonly automaticTier: number;
  /** How the incident stands, and whether it is one that the playbook is for; undefined where nobody can say. */
  readonly incident: GateIncident | undefined;
  readonly breaker: { readonly begun: number; readonly most: number };
}

export interface GateIncident {
  readonly matches: boolean;
  readonly status: IncidentStatus;
  readonly alert: AlertTestimony['alert'];
}

export interface Gate {
  readonly open: boolean;
  /** Why, in one sentence. */
  readonly says: string;
}

/** Whether a run may begin without a person. */
export function gate(facts: GateFacts): Gate {
  const no = wrongMode(facts) ?? unproven(facts) ?? tooFar(facts) ?? noLongerMeant(facts) ?? breakerOpen(facts);
  if (no !== undefined) return { open: false, says: `${no} A person has to approve.` };
  const { lowerBound = 0, effectiveN = 0 } = facts.playbook.status?.stats ?? {};
  return {
    open: true,
    says: `It runs by itself: the playbook is Trusted (lower bound ${shown(lowerBound)} of ${shown(effectiveN)} runs).`,
  };
}

function wrongMode({ run, playbook }: GateFacts): string | undefined {
  if (run.spec.mode !== 'Automatic') return `The run was made with mode ${run.spec.mode}.`;
  return playbook.spec.mode === 'Automatic' ? undefined : `The mode of the playbook is ${playbook.spec.mode} now.`;
}

function unproven({ playbook: { status = {} } }: GateFacts): string | undefined {
  const { trust, stats } = status;
  if (trust === 'Quarantined') return 'The playbook is Quarantined: it failed too often.';
  if (trust !== 'Trusted' || !stats) return 'The playbook has not proved itself: it is no more than a Candidate.';
  if (isProven(stats)) return undefined;
  if (!isEnough(stats)) return `It rests on ${shown(stats.effectiveN)} runs, and ${NEEDED.effectiveN} are needed.`;
  return `The lower bound ${shown(stats.lowerBound)} is below ${NEEDED.lowerBound}.`;
}

function tooFar({ run, automaticTier }: GateFacts): string | undefined {
  const tier = tierOfSteps(run.spec.steps);
  if (tier <= automaticTier) return undefined;
  return `A step is of tier ${tier}, and AWOOOI_REPAIR_AUTOMATIC_TIER is ${automaticTier}.`;
}

function noLongerMeant({ incident }: GateFacts): string | undefined {
  if (!incident) return 'Nobody can say whether the alert still fires.';
  if (!incident.matches) return 'The incident is none that the playbook matches.';
  if (incident.status === 'resolved') return 'The incident is resolved.';
  return incident.alert === 'firing' ? undefined : 'The alert does not fire any more.';
}

function breakerOpen({ breaker: { begun, most } }: GateFacts): string | undefined {
  if (begun < most) return undefined;
  return `The breaker holds: ${begun} runs began within ten minutes, and AWOOOI_REPAIR_BREAKER_RUNS is ${most}.`;
}

const shown = (value: number): string => String(Math.round(value * 1000) / 1000);
