import { cleanedBeginning } from '../analysis/cleaned.ts';
import { type RepairAction } from '../../crds/repairplaybook/action.ts';
import { isRepairAction } from './actions.ts';

/** What a model advises. */
export interface AdvisedAction {
  readonly action: RepairAction;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reasoning: string;
}

const LONGEST_REASONING = 2_000;

/** Of what a model has said; undefined where it names no known action, or no confidence. Models also write `Restart-Pod`. */
export function advisedAction(said: {
  readonly action: string;
  readonly confidence: number;
  readonly reasoning: string;
}): AdvisedAction | undefined {
  const action = said.action
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
  if (!isRepairAction(action) || !(said.confidence >= 0 && said.confidence <= 1)) return undefined;
  return { action, confidence: said.confidence, reasoning: cleanedBeginning(said.reasoning.trim(), LONGEST_REASONING) };
}
