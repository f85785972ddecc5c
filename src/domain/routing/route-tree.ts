import { excerpt } from '../text/excerpt.ts';
import { parseMatchers } from './matcher.ts';
import type { Matcher, Route } from './route.ts';
import { treeRegexes } from './tree-regexes.ts';

/** A route as the configuration writes it (Alertmanager, docs/configuration.md, `<route>`). */
export interface RawRoute {
  readonly receiver?: string | undefined;
  readonly group_by?: readonly string[] | undefined;
  readonly group_wait?: string | undefined;
  readonly group_interval?: string | undefined;
  readonly matchers?: readonly string[] | undefined;
  readonly match?: Readonly<Record<string, string>> | undefined;
  readonly match_re?: Readonly<Record<string, string>> | undefined;
  readonly continue?: boolean | undefined;
  readonly mute_time_intervals?: readonly string[] | undefined;
  readonly active_time_intervals?: readonly string[] | undefined;
  readonly routes?: readonly RawRoute[] | undefined;
}

type Inherited = Pick<Route, 'receiver' | 'groupBy' | 'groupWaitMs' | 'groupIntervalMs'>;

/** Alertmanager's dispatch/route.go, DefaultRouteOpts. */
const DEFAULTS: Inherited = { receiver: '', groupBy: [], groupWaitMs: 30_000, groupIntervalMs: 300_000 };

/** The tree with all that children inherit filled in. Throws RouteTreeError, which names the matcher that cannot be read. */
export function routeTree(raw: RawRoute, parent: Inherited = DEFAULTS, regexes = treeRegexes()): Route {
  const own: Inherited = {
    receiver: raw.receiver || parent.receiver,
    groupBy: raw.group_by?.length ? raw.group_by : parent.groupBy,
    groupWaitMs: durationOr(raw.group_wait, parent.groupWaitMs),
    groupIntervalMs: durationOr(raw.group_interval, parent.groupIntervalMs),
  };
  return {
    ...own,
    matchers: matchersOf(raw).map(each => (each.isRegex ? { ...each, test: regexes(each.value) } : each)),
    continue: raw.continue ?? false,
    // Time intervals are the only options that a child does not inherit.
    muteTimeIntervals: raw.mute_time_intervals ?? [],
    activeTimeIntervals: raw.active_time_intervals ?? [],
    routes: (raw.routes ?? []).map(child => routeTree(child, own, regexes)),
  };
}

export class RouteTreeError extends Error {
  override readonly name = 'RouteTreeError';
}

function matchersOf({ matchers = [], match = {}, match_re = {} }: RawRoute): Matcher[] {
  return [
    ...equal(match, false),
    ...equal(match_re, true),
    ...matchers.flatMap(line => {
      const parsed = parseMatchers(line);
      if (!parsed) throw new RouteTreeError(`the matcher ${excerpt(JSON.stringify(line))} cannot be read`);
      return parsed;
    }),
  ];
}

function equal(wanted: Readonly<Record<string, string>>, isRegex: boolean): Matcher[] {
  return Object.entries(wanted).map(([name, value]) => ({ name, value, isRegex, isEqual: true }));
}

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
  y: 365 * 86_400_000,
};

/** A Prometheus duration, for example `1h30m` or `0`. */
function durationOr(text: string | undefined, otherwise: number): number {
  if (text === undefined || text === '') return otherwise;
  return [...text.matchAll(/(?<!\d)(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
}
