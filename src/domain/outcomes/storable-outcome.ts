import { plainId } from '../incidents/bounds.ts';
import type { RepairOutcome } from '../ports/learning-repository.ts';
import { cut } from '../text/cut.ts';

/** Of a root cause, and of a description. */
export const TEXT_CHARACTERS = 2000;
/** Of the name of an action, of who reports, and of a class. */
const NAME_CHARACTERS = 200;
/** What took longer is no execution time. */
export const MOST_SECONDS = 31_536_000;

/** The outcome as a store may keep it: no text without bound, no half of a surrogate pair, no number that is none. */
export function storableOutcome({
  id,
  action,
  by,
  rootCause,
  fixDescription,
  executionSeconds,
  at,
  verified,
  ...rest
}: RepairOutcome): RepairOutcome {
  const seconds = storableSeconds(executionSeconds);
  return {
    ...rest,
    id: plainId(id),
    action: storableName(action),
    by: storableName(by),
    ...(rootCause !== undefined && { rootCause: within(rootCause, TEXT_CHARACTERS) }),
    ...(fixDescription !== undefined && { fixDescription: within(fixDescription, TEXT_CHARACTERS) }),
    ...(seconds > 0 && { executionSeconds: seconds }),
    ...(at !== undefined && !Number.isNaN(at.getTime()) && { at }),
    ...(verified && { verified: { ...verified, anomalyClass: storableName(verified.anomalyClass) } }),
  };
}

/** The name of an action or of a class as it is kept: by it, and not by a longer one, it is found again. */
export function storableName(name: string): string {
  return within(name, NAME_CHARACTERS);
}

/** To the millisecond; 0 for what says nothing. */
function storableSeconds(seconds: number | undefined): number {
  const rounded = Math.round((seconds ?? 0) * 1000) / 1000;
  return rounded > 0 && rounded <= MOST_SECONDS ? rounded : 0;
}

function within(text: string, atMost: number): string {
  return cut(text, atMost).toWellFormed();
}
