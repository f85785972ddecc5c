import { z } from 'zod';
import { MOST_SECONDS, TEXT_CHARACTERS } from '../../domain/outcomes/storable-outcome.ts';
import type { RepairOutcome } from '../../domain/ports/learning-repository.ts';
import { isRecord } from '../../domain/text/json.ts';

/** Of one request. */
export const MOST_OUTCOMES = 1000;

/** What keeps apart the ids that others choose from those of the operator's own runs: nobody can report a run's outcome before it. */
const REPORTED = 'reported:';

const EXAMPLE = {
  id: '5b0f5a53-6f2e-4f5c-9f43-9e1f5f3f3c11',
  anomaly_key: 'v1-3f9c0a1b2c4d5e6f',
  repair_action: 'restart_pod',
  success: true,
  root_cause: 'a leak in the session cache',
  fix_description: 'restarted deployment/api',
  execution_time_seconds: 12.5,
  occurred_at: '2026-03-29T10:00:00Z',
};

const name = (most: number, what: string) => {
  const error = `it has to be a text of 1 to ${most} characters: ${what}`;
  return z.string({ error }).trim().min(1, { error }).max(most, { error });
};
/** Of an incident of this operator, or as an earlier system called it. */
export const AnomalyKey = name(200, 'the anomaly_key of an incident');
const SECONDS = `it has to be a number of seconds from 0 to ${MOST_SECONDS}; leave it out where it is not known`;
const text = () => z.string({ error: 'it has to be a text; leave it out where there is none' }).nullish();

/** Fields that nobody knows are passed over. */
const OutcomeBody = z
  .object({
    id: name(180, 'an id that no other outcome of the anomaly has, such as a UUID; leave it out to have one made')
      .nullish()
      .describe('Recorded once, however often it is reported: give one, so that a report can be repeated. A UUID, for example.'),
    anomaly_key: AnomalyKey.describe('What the outcome is of: `anomaly_key` of an incident.'),
    repair_action: name(100, 'what was done, such as restart_pod').describe(
      'What was done. One that is not among the known actions counts as tier 1; the answer says so by `action_known`.',
    ),
    success: z.boolean({ error: 'it has to be true or false' }).describe('Whether it helped.'),
    root_cause: text().describe(`What was wrong; ${TEXT_CHARACTERS} characters of it are kept.`),
    fix_description: text().describe(`What was done, in words; ${TEXT_CHARACTERS} characters of it are kept.`),
    execution_time_seconds: z
      .number({ error: SECONDS })
      .min(0, { error: SECONDS })
      .max(MOST_SECONDS, { error: SECONDS })
      .nullish()
      .describe('How long it took; 0 where it is not known.'),
    occurred_at: z.iso
      .datetime({ offset: true, error: 'it has to be a time such as 2026-03-29T10:00:00Z; leave it out for now' })
      .nullish()
      .describe('When it was over; without it, and of a time to come: now.'),
  })
  .meta({ example: EXAMPLE });

/** One outcome, or several. */
export const OutcomesBody = z.union([OutcomeBody, z.array(OutcomeBody)]);

export interface Reported {
  /** As the caller knows it. */
  readonly id: string;
  readonly idGenerated: boolean;
  readonly outcome: RepairOutcome;
}

export type ReportedOutcome =
  | ({ readonly is: 'taken' } & Reported)
  | { readonly is: 'refused'; readonly id: string | undefined; readonly error: string };

export interface Reporter {
  /** The name under which the caller was admitted; nothing of the body says who it is. */
  readonly by: string;
  /** The header Idempotency-Key. */
  readonly key: string | undefined;
  readonly newId: () => string;
}

type Body = 'neither' | 'too-many' | readonly ReportedOutcome[];

/**
 * Each outcome of a body, or why it is none. Too many are counted and not read: millions of entries fit into one body, and to say of each
 * why it is none would hold up everybody else for a minute.
 */
export function reportedOutcomes(body: unknown, reporter: Reporter): Body {
  if (Array.isArray(body) && body.length > MOST_OUTCOMES) return 'too-many';
  if (Array.isArray(body))
    return body.map((entry, n) => reported(entry, reporter, reporter.key === undefined ? undefined : `${reporter.key}#${n}`));
  return isRecord(body) && !Buffer.isBuffer(body) ? [reported(body, reporter, reporter.key)] : 'neither';
}

function reported(entry: unknown, { by, newId }: Reporter, key: string | undefined): ReportedOutcome {
  const parsed = OutcomeBody.safeParse(entry);
  if (!parsed.success) return { is: 'refused', id: idOf(entry), error: sentence(parsed.error) };
  const given = parsed.data.id ?? key;
  const id = given ?? newId();
  return { is: 'taken', id, idGenerated: given === undefined, outcome: outcomeOf(parsed.data, { id: `${REPORTED}${id}`, by }) };
}

/** Without `verified`, which nothing from outside is. */
function outcomeOf(body: z.infer<typeof OutcomeBody>, { id, by }: { readonly id: string; readonly by: string }): RepairOutcome {
  const { root_cause: rootCause, fix_description: fixDescription, execution_time_seconds: executionSeconds, occurred_at: at } = body;
  return {
    id,
    by,
    anomalyKey: body.anomaly_key,
    action: body.repair_action,
    success: body.success,
    ...(typeof rootCause === 'string' && { rootCause }),
    ...(typeof fixDescription === 'string' && { fixDescription }),
    ...(typeof executionSeconds === 'number' && { executionSeconds }),
    ...(typeof at === 'string' && { at: new Date(at) }),
  };
}

function idOf(entry: unknown): string | undefined {
  return isRecord(entry) && typeof entry.id === 'string' ? entry.id.slice(0, 180).toWellFormed() : undefined;
}

function sentence({ issues }: z.ZodError): string {
  const said = issues.map(({ path, message }) => (path.length === 0 ? NO_OUTCOME : `${path.join('.')}: ${message}`));
  return said.join('; ');
}

const NO_OUTCOME = 'it is no object: give one with anomaly_key, repair_action and success';
