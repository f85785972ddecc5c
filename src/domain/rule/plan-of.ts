import type { RulePlan } from '../../crds/signozalertrule/status.ts';
import type { RuleBody } from '../ports/signoz-rules.ts';
import { type RuleDifference, differences } from './differences.ts';
import { differencesText } from './differences-text.ts';
import { ruleHash } from './rule-hash.ts';

const MOST_LINES = 60;
const NOTHING: RuleBody = {};

export interface Planned {
  readonly action: RulePlan['action'];
  readonly id?: string;
  /** Normal forms of the rule as it would be and as it is; absent where there is none. */
  readonly want?: RuleBody;
  readonly have?: RuleBody;
  readonly ignore?: readonly string[];
  /** What sets it apart from the same change at another time: approval of one is none of the other. */
  readonly since?: string;
}

/** What would be done, in words, under a hash that changes whenever what would be done does. */
export function planOf({ action, id = '', want = NOTHING, have = NOTHING, ignore = [], since = '' }: Planned): RulePlan {
  const changes: readonly RuleDifference[] = differences(want, have, ignore);
  const diff = action === 'None' ? '' : differencesText(changes, { most: MOST_LINES });
  const hash = ruleHash({ action, id, want, have, since });
  return { action, ...(diff !== '' && { diff }), hash };
}
