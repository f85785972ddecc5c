import type { Incident } from '../incidents/incident.ts';
import type { Question } from '../ports/analyser.ts';
import { cleanedBeginning } from './cleaned.ts';
import { type Asking, framedQuestion } from './framed-question.ts';

/** Characters of one value, and of all labels or annotations together. */
const LONGEST_VALUE = 1_500;
const LONGEST_LIST = 6_000;

const TASK = {
  task: 'You are a site reliability engineer. You are shown one incident and say what is wrong and what to do.',
  shown: 'The incident',
  answer: [
    '"root_cause": the most likely cause, and why you think so; "impact": who or what is affected; "fix": what to do now, commands where they help; "prevention": what keeps it from coming back; "confidence": a number from 0 to 1, low where the data says little.',
    'Never suggest what deletes data. Say so where you do not know.',
  ],
};

/** What a model is asked about an incident: cleaned of secrets, cut, and framed as data. */
export function question(incident: Incident, asking: Asking): Question {
  return framedQuestion({ ...TASK, data: shownIncident(incident) }, asking);
}

/** An incident as a model may see it. */
export function shownIncident(incident: Incident): unknown {
  const { name, source, severity, status, openedAt, firstSeen, lastSeen, occurrences, firing, frequency, labels, annotations } = incident;
  return {
    name: cleanedBeginning(name, 300),
    source,
    severity,
    status,
    opened_at: openedAt.toISOString(),
    first_seen: firstSeen.toISOString(),
    last_seen: lastSeen.toISOString(),
    occurrences,
    alerts_firing: firing,
    occurrences_of_this_kind: frequency,
    labels: fitting(labels),
    annotations: fitting(annotations),
  };
}

/** As many entries as there is room for. */
function fitting(texts: Readonly<Record<string, string>>): Record<string, string> {
  const fitted: [string, string][] = [];
  let left = LONGEST_LIST;
  for (const [name, value] of Object.entries(texts)) {
    const entry: [string, string] = [cleanedBeginning(name, 100), cleanedBeginning(value, LONGEST_VALUE)];
    left -= entry[0].length + entry[1].length;
    if (left < 0) break;
    fitted.push(entry);
  }
  return Object.fromEntries(fitted);
}
