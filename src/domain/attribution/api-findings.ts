import type { Fault } from '../ports/port-error.ts';
import { excerpt } from '../text/excerpt.ts';
import type { ApiFailure, CanaryVerdict, Policy } from './evidence.ts';
import type { StrayRoute } from '../routing/stray-routes.ts';

const AWAY: ReadonlySet<Fault> = new Set<Fault>(['unreachable', 'unavailable']);

/** Alertmanager's API could not be reached, or refused what it was asked. */
export const apiFailed: Policy = ({ name, apiFailure }) => {
  if (!apiFailure) return undefined;
  const { doing, message, statusCode } = apiFailure;
  return {
    cause: causeOf(apiFailure),
    message: `Could not ${doing} at Alertmanager ${name}: ${message}. ${adviceFor(apiFailure)}`,
    ...(statusCode !== undefined && { statusCode }),
  };
};

function causeOf({ fault, detail }: ApiFailure): CanaryVerdict['cause'] {
  if (detail === 'address-denied') return 'AddressDenied';
  if (detail === 'redirected') return 'Redirected';
  return AWAY.has(fault) ? 'ApiUnreachable' : 'ApiRefused';
}

function adviceFor({ fault, detail }: ApiFailure): string {
  if (detail === 'address-denied') return 'Allow this address in the operator’s configuration, or use another.';
  if (fault === 'unauthorized' || fault === 'forbidden') return 'Give alertmanager.auth the credential that it asks for.';
  if (AWAY.has(fault)) return 'See whether Alertmanager runs, and whether alertmanager.urls name it.';
  return 'See whether alertmanager.urls name an Alertmanager (0.25 or later) and not something in front of it.';
}

export const silenced: Policy = ({ name, alert }) => {
  const [silence] = alert?.silences ?? [];
  if (!silence) return undefined;
  const by = silence.createdBy === undefined ? '' : ` by ${excerpt(silence.createdBy)}`;
  const comment = silence.comment === undefined ? '' : `: "${excerpt(silence.comment)}"`;
  const until = silence.endsAt === undefined ? '' : `, until ${silence.endsAt.toISOString()}`;
  const message = `Silence ${silence.id}${by}${comment}${until} mutes the canary at Alertmanager ${name}, and real alerts like it. Expire it, or narrow its matchers.`;
  return { cause: 'Silenced', message };
};

export const inhibited: Policy = ({ name, alert }) => {
  const [inhibitor] = alert?.inhibitors ?? [];
  if (!inhibitor) return undefined;
  const by = inhibitor.labels === undefined ? `with fingerprint ${inhibitor.fingerprint}` : labelText(inhibitor.labels);
  const message = `The firing alert ${by} inhibits the canary at Alertmanager ${name}. Resolve it, or give the canary labels that no inhibit rule matches.`;
  return { cause: 'Inhibited', message };
};

export const muted: Policy = ({ name, alert, plan }, { receiver }) => {
  const own = plan?.ends.filter(end => end.receiver === receiver) ?? [];
  const intervals = new Set(own.flatMap(end => [...end.muteTimeIntervals, ...end.activeTimeIntervals]));
  const mutedBy = alert?.state.mutedBy.filter(interval => intervals.size === 0 || intervals.has(interval)) ?? [];
  return mutedBy.length === 0 ? undefined : { cause: 'Muted', message: mutedMessage(name, receiver, mutedBy) };
};

/** By which time intervals the route to the receiver is muted now. */
export function mutedMessage(name: string, receiver: string, intervals: readonly string[]): string {
  const which = intervals.map(interval => `"${interval}"`).join(', ');
  return `The route to receiver "${receiver}" at Alertmanager ${name} is muted now by time interval ${which}. Real alerts wait as well; change mute_time_intervals or active_time_intervals if that is not meant.`;
}

/** By the live tree before the canary is sent, by Alertmanager's own word afterwards. */
export const notRouted: Policy = ({ name, alert, plan }, { receiver }) => {
  const receivers = alert?.state.receivers ?? (plan?.certain ? plan.ends.map(end => end.receiver) : undefined);
  if (receivers === undefined || receivers.length === 0 || receivers.includes(receiver)) return undefined;
  return { cause: 'NotRouted', message: notRoutedMessage(name, receiver, receivers) };
};

function notRoutedMessage(name: string, receiver: string, receivers: readonly string[]): string {
  return `Alertmanager ${name} routes the canary to ${quoted(receivers)}, not to "${receiver}". Put a route to "${receiver}" that matches it before the one that takes it.`;
}

/**
 * It came back, but only through another receiver. Where Alertmanager says that it routes to ours as well, that one's delivery is what
 * failed.
 */
export const returnedElsewhere: Policy = ({ name, back, alert }, { receiver }) => {
  if (back?.receiver === undefined || back.receiver === receiver || alert?.state.receivers.includes(receiver)) return undefined;
  const message = `The canary of Alertmanager ${name} came back through receiver "${excerpt(back.receiver)}", not through "${receiver}". Name that one in the probe, or mend the route.`;
  return { cause: 'NotRouted', message };
};

export const routeMissing: Policy = ({ name, strayRoutes }, { receiver }) => {
  if (strayRoutes.length === 0) return undefined;
  const known = strayRoutes.filter(({ unreadable }) => !unreadable);
  return {
    cause: 'RouteMissing',
    message: known.length > 0 ? endsElsewhere(name, receiver, known) : notJudged(name, receiver, strayRoutes),
  };
};

function endsElsewhere(name: string, receiver: string, routes: readonly StrayRoute[]): string {
  const which = routes.map(({ labels, receivers }) => `${labelText(labels)} ends at ${quoted(receivers)}`).join('; ');
  return `In the live routes of Alertmanager ${name}, ${which}, not at "${receiver}": alerts with these labels do not arrive here. Route them to "${receiver}".`;
}

/** Not to know is no proof: a probe must not pass on a route that nobody could walk. */
function notJudged(name: string, receiver: string, routes: readonly StrayRoute[]): string {
  const which = routes.map(({ labels, unreadable = [] }) => `${labelText(labels)} (${unreadable.join(', ')})`).join('; ');
  return `In the live routes of Alertmanager ${name} it cannot be told whether these labels end at "${receiver}", because of the matchers beside them: ${excerpt(which)}. Write those matchers more simply, or leave the labels out of alertmanager.routes.`;
}

function quoted(receivers: readonly string[]): string {
  return receivers.map(receiver => `"${receiver}"`).join(' and ');
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return excerpt(
    `{${Object.entries(labels)
      .map(([name, value]) => `${name}="${value}"`)
      .join(', ')}}`,
  );
}
