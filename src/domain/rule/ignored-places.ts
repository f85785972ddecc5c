import type { RuleBody } from '../ports/signoz-rules.ts';
import { isRecord } from '../text/json.ts';
import { hasPlaces } from './canonical-json.ts';
import { normalForm } from './normal-form.ts';
import { type Places, placesOf } from './pointer.ts';
import { ruleHash } from './rule-hash.ts';
import { namedThresholds } from './threshold-form.ts';

interface Pair {
  readonly sent: unknown;
  readonly live: unknown;
}

/**
 * What is sent to replace a rule: the rule as the spec asks for it, and in the places that do not count what SigNoz has there, since it takes
 * whole rules only. The marker is ours in any case: without it the rule would be nobody's.
 */
export function keepingIgnored(sent: RuleBody, live: RuleBody, ignore: readonly string[]): RuleBody {
  if (ignore.length === 0) return sent;
  const placed = placedIn({ sent, live }, placesOf(ignore));
  if (!isRecord(placed)) return sent;
  const kept = { ...placed, source: sent['source'] };
  // Some places say how others are to be read: a rule that came out as another one would be written again and again.
  return ruleHash(normalForm(kept), ignore) === ruleHash(normalForm(sent), ignore) ? kept : sent;
}

function placedIn({ sent, live }: Pair, places: Places): unknown {
  if (places.isOne) return live;
  if (places.below.size === 0) return sent;
  if (isWire(sent) && isWire(live)) return { ...sent, spec: thresholds({ sent, live }, places) };
  if (Array.isArray(sent) && Array.isArray(live) && hasPlaces(sent) && hasPlaces(live)) return items(sent, live, places);
  return isRecord(sent ?? {}) && isRecord(live ?? {}) ? members({ sent, live }, places) : sent;
}

/** What neither has stays nothing: an empty object would say that it is there. */
function members({ sent, live }: Pair, { below }: Places): unknown {
  const [wanted, had] = [isRecord(sent) ? sent : {}, isRecord(live) ? live : {}];
  const merged = new Map(Object.entries(wanted));
  for (const [name, place] of below) {
    const member = (of: RuleBody): unknown => (Object.hasOwn(of, name) ? of[name] : undefined);
    const value = placedIn({ sent: member(wanted), live: member(had) }, place);
    if (value === undefined) merged.delete(name);
    else merged.set(name, value);
  }
  return sent === undefined && merged.size === 0 ? undefined : Object.fromEntries(merged);
}

function items(sent: readonly unknown[], live: readonly unknown[], { below }: Places): readonly unknown[] {
  const all = Array.from({ length: Math.max(sent.length, live.length) }, (_, index) => {
    const place = below.get(String(index));
    return item({ sent: sent[index], live: live[index] }, place);
  });
  return all.filter(item => item !== undefined);
}

/** A part of an item that only one of them has is none: SigNoz would refuse half a threshold, or half a query. */
function item({ sent, live }: Pair, place: Places | undefined): unknown {
  const stays = !place || (!place.isOne && (sent === undefined || live === undefined));
  return stays ? sent : placedIn({ sent, live }, place);
}

/** Thresholds are meant by name, whatever their order. SigNoz refuses a rule without any. */
function thresholds({ sent, live }: Pair, { below }: Places): readonly unknown[] {
  const had = new Map(namedThresholds(live));
  const wanted = new Map(namedThresholds(sent));
  for (const [name, place] of below) {
    const value = item({ sent: wanted.get(name), live: had.get(name) }, place);
    if (isRecord(value)) wanted.set(name, value);
    else wanted.delete(name);
  }
  return wanted.size === 0 ? (namedThresholds(sent) ?? []).map(([, one]) => one) : [...wanted.values()];
}

function isWire(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && namedThresholds(value) !== undefined;
}
