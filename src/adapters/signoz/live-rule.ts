import type { LiveRule, RuleBody } from '../../domain/ports/signoz-rules.ts';
import { isRecord } from '../../domain/text/json.ts';
import { ServersPart } from './schema.ts';

/** A rule as SigNoz shows it; undefined for what is none, or has no id. */
export function liveRule(shown: unknown): LiveRule | undefined {
  const part = ServersPart.safeParse(shown);
  return part.success && isRecord(shown) ? { ...part.data, body: bodyOf(shown) } : undefined;
}

function bodyOf(shown: RuleBody): RuleBody {
  const { id: _id, state: _state, createdAt: _at, updatedAt: _changed, createdBy: _by, updatedBy: _changer, ...body } = shown;
  return body;
}
