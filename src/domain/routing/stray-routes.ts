import { excerpt } from '../text/excerpt.ts';
import { matcherText } from './matcher.ts';
import type { Matcher, Route } from './route.ts';
import { receiversFor, walk } from './walk.ts';

/** A label set of a probe's `routes` that is not shown to end at the receiver asked for. */
export interface StrayRoute {
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly string[];
  /** Matchers on its way that cannot be judged here, as text: then where it ends is not known, which is no proof either. */
  readonly unreadable?: readonly string[];
}

/** A person mends a few and looks again; a hostile tree has tens of thousands for each label set, all of which a message would hold. */
const MOST_NAMED = 16;

/** Walks each label set through the live tree and gives those that do not, or not for certain, end at the receiver. */
export function strayRoutes(
  tree: Route,
  { receiver, routes }: { readonly receiver: string; readonly routes: readonly { readonly labels: Readonly<Record<string, string>> }[] },
): StrayRoute[] {
  return routes.flatMap(({ labels }): StrayRoute[] => {
    const receivers = receiversFor(tree, labels);
    const { unreadable } = walk(tree, labels);
    const named = { labels, receivers: receivers.slice(0, MOST_NAMED) };
    if (unreadable.length > 0) return [{ ...named, unreadable: texts(unreadable) }];
    return receivers.includes(receiver) ? [] : [named];
  });
}

function texts(matchers: readonly Matcher[]): string[] {
  const names = new Set<string>();
  for (const matcher of matchers) {
    if (names.size === MOST_NAMED) break;
    names.add(excerpt(matcherText(matcher)));
  }
  return [...names];
}
