import { cleanedBeginning } from '../analysis/cleaned.ts';
import { type Asking, framedQuestion } from '../analysis/framed-question.ts';
import { shownIncident } from '../analysis/question.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Question } from '../ports/analyser.ts';
import type { ActionRecord, AnomalyRecord } from '../ports/learning-repository.ts';
import { ACTIONS_BY_TIER } from '../../crds/repairplaybook/action.ts';

/** Names of actions come from outside too. */
const LONGEST_NAME = 100;
const MOST_ACTIONS = 20;

const TASK = {
  task: 'You are a site reliability engineer. You are shown an anomaly, what was tried against it and how often that helped, and say which one repair to try next.',
  shown: 'The anomaly',
  answer: [
    `"action": one of these and no other: ${Object.entries(ACTIONS_BY_TIER)
      .map(([tier, actions]) => `${actions.join(', ')} (tier ${tier})`)
      .join('; ')}. A higher tier reaches further: 1 restarts, 2 changes resources, 3 changes what is deployed, 4 calls people.`,
    '"confidence": a number from 0 to 1, low where the data says little; "reasoning": why, in at most three sentences.',
    'Prefer the lowest tier that helps, and an action of tier 4 where you do not know.',
  ],
};

/** What a model is asked where learning is not sure: which action, by the record and, where there is one, the newest incident. */
export function adviceQuestion(
  { record, incident }: { readonly record: AnomalyRecord; readonly incident: Incident | undefined },
  asking: Asking,
): Question {
  const tried = record.actions.toSorted((a, b) => b.attempts - a.attempts).slice(0, MOST_ACTIONS);
  const data = {
    occurrences_in_30_days: record.occurrences,
    tried: tried.map(shownRecord),
    ...(incident && { newest_incident: shownIncident(incident) }),
  };
  return framedQuestion({ ...TASK, data }, asking);
}

function shownRecord({ action, attempts, successes, lastAt }: ActionRecord) {
  return { action: cleanedBeginning(action, LONGEST_NAME), attempts, successes, last_tried: lastAt.toISOString() };
}
