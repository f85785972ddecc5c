import { hash } from 'node:crypto';
import type { RuleBody } from '../ports/signoz-rules.ts';
import { canonicalJsonWithout } from './canonical-json.ts';
import { placesOf } from './pointer.ts';

const DISABLED = '/disabled';
const DISABLED_ONLY = placesOf([DISABLED]);

/**
 * Equal for two normal forms without differences, except those in the places to ignore, and in `disabled`: SigNoz shows a rule that
 * it could not load as disabled, so that is compared apart.
 */
export function ruleHash(normal: RuleBody, ignore: readonly string[] = []): string {
  const leftOut = ignore.length === 0 ? DISABLED_ONLY : placesOf([DISABLED, ...ignore]);
  return hash('sha256', canonicalJsonWithout(normal, leftOut), 'hex').slice(0, 16);
}
