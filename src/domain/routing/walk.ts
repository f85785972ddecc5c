import { matches } from './matcher.ts';
import type { Matcher, Route } from './route.ts';

export interface Walk {
  /** Where the alert is notified: in the order of the tree, more than one only by `continue`. */
  readonly ends: readonly Route[];
  /** Matchers on the way that could not be judged here and were taken as not matching: then `ends` may be wrong. */
  readonly unreadable: readonly Matcher[];
}

/** Where an alert with these labels ends, as Alertmanager's dispatch/route.go (Route.Match) finds it. */
export function walk(tree: Route, labels: Readonly<Record<string, string>>): Walk {
  const unreadable: Matcher[] = [];
  const holds = (matcher: Matcher): boolean => {
    const held = matches(matcher, labels);
    if (held === undefined) unreadable.push(matcher);
    return held ?? false;
  };

  const descend = (route: Route): Route[] => {
    if (!route.matchers.every(holds)) return [];
    const deeper: Route[] = [];
    for (const child of route.routes) {
      const ends = descend(child);
      deeper.push(...ends);
      if (ends.length > 0 && !child.continue) break;
    }
    return deeper.length > 0 ? deeper : [route];
  };

  return { ends: descend(tree), unreadable };
}

/** The receivers at which the labels end, each once. */
export function receiversFor(tree: Route, labels: Readonly<Record<string, string>>): string[] {
  return [...new Set(walk(tree, labels).ends.map(route => route.receiver))];
}
