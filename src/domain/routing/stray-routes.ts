import { matcherText } from './matcher.ts';
import type { Route } from './route.ts';
import { receiversFor, walk } from './walk.ts';

/** A label set of a probe's `routes` that is not shown to end at the receiver asked for. */
export interface StrayRoute {
  readonly labels: Readonly<Record<string, string>>;
  readonly receivers: readonly string[];
  /** Matchers on its way that cannot be judged here, as text: then where it ends is not known, which is no proof either. */
  readonly unreadable?: readonly string[];
}

/** Walks each label set through the live tree and gives those that do not, or not for certain, end at the receiver. */
export function strayRoutes(
  tree: Route,
  { receiver, routes }: { readonly receiver: string; readonly routes: readonly { readonly labels: Readonly<Record<string, string>> }[] },
): StrayRoute[] {
  return routes.flatMap(({ labels }): StrayRoute[] => {
    const receivers = receiversFor(tree, labels);
    const { unreadable } = walk(tree, labels);
    if (unreadable.length > 0) return [{ labels, receivers, unreadable: [...new Set(unreadable.map(matcherText))] }];
    return receivers.includes(receiver) ? [] : [{ labels, receivers }];
  });
}
