import { type Alarm, alertOf, breached, groupLabelsOf, matches, testAlertOf } from './signoz-alarm.ts';
import { success } from './signoz-answers.ts';
import type { SignozReceiver } from './signoz-channels.ts';
import { type Delivery, deliveries } from './signoz-delivery.ts';
import type { SignozRoutes } from './signoz-door.ts';
import { type Active, alertGroups } from './signoz-groups.ts';
import { NO_END } from './signoz-payload.ts';
import type { Rule } from './signoz-rule.ts';
import { channelsOf } from './signoz-rule-channels.ts';

/** A stored rule as its alerts see it. */
export interface KnownRule {
  readonly rule: Rule;
  /** The one that channels and groups are taken from. */
  readonly routedAs: Rule;
  readonly runs: boolean;
}

interface AlertsOptions {
  readonly now: () => Date;
  readonly rule: (id: string) => KnownRule | undefined;
  readonly channelNames: () => readonly string[];
  readonly receiver: (name: string) => SignozReceiver | undefined;
  /** Where the organisation's own policies send what a rule leaves to them. */
  readonly policyChannels: readonly string[];
  readonly retry: { readonly firstMs: number; readonly withinMs: number };
}

export interface SignozAlerts {
  readonly routes: SignozRoutes;
  /** Fires an alert, or repeats one that fires already; ends when the flush is over, with what became of it per channel. */
  readonly fire: (alarm: Alarm) => Promise<readonly Delivery[]>;
  /** Ends an alert that was fired with the same rule and labels. */
  readonly resolve: (alarm: Alarm) => Promise<readonly Delivery[]>;
  /** The next group interval: what could not be delivered is sent again. */
  readonly flush: () => Promise<readonly Delivery[]>;
  /** Time passes, and the alerts of rules that are gone, or were changed, resolve. */
  readonly expire: () => Promise<readonly Delivery[]>;
  readonly isFiring: (ruleId: string) => boolean;
  readonly orphan: (ruleId: string) => void;
  readonly test: (rule: Rule) => Promise<number>;
  readonly stop: () => void;
}

/** The alerts of SigNoz's rules, and the Alertmanager inside that sends them. There is no group wait: what changes is flushed at once. */
export function signozAlerts(options: AlertsOptions): SignozAlerts {
  const { now, policyChannels, receiver, retry } = options;
  const stopped = new AbortController();
  const { deliver } = deliveries({ ...retry, receiver, stopped: stopped.signal });
  const groups = alertGroups(deliver);
  const firing = (): readonly Active[] => groups.all().filter(({ alert }) => alert.status === 'firing');

  /** The alert of a stored rule has that rule's name. */
  function known({ rule: { id, name }, ...alarm }: Alarm) {
    const stored = options.rule(id);
    return { stored, alarm: { ...alarm, rule: { id, name: stored?.rule.alert ?? name } } };
  }

  function raised(given: Alarm): Active {
    const { stored, alarm } = known(given);
    const { id: ruleId, name } = alarm.rule;
    if (stored?.runs === false) throw new Error(`the rule ${name} cannot fire: it is disabled, or failed to load`);
    const raw = alertOf(alarm, stored?.rule);
    const before = groups.find(raw.fingerprint)?.alert;
    const startsAt = before?.status === 'firing' ? before.startsAt : now().toISOString();
    return {
      alert: { status: 'firing', ...raw, startsAt, endsAt: NO_END },
      ruleId,
      channels: stored ? channelsFor(alarm, stored.routedAs) : options.channelNames(),
      groupLabels: groupLabelsOf(raw.labels, stored?.routedAs.notificationSettings?.groupBy),
      orphaned: false,
    };
  }

  function channelsFor(alarm: Alarm, rule: Rule): readonly string[] {
    if (rule.notificationSettings?.usePolicy) return policyChannels;
    return alarm.noData ? [...new Set(channelsOf(rule))] : breached(alarm, rule).channels;
  }

  function changed(one: Active): Promise<readonly Delivery[]> {
    groups.keep(one);
    return groups.flush(one);
  }

  const ended = (one: Active): Promise<readonly Delivery[]> =>
    changed({ ...one, alert: { ...one.alert, status: 'resolved', endsAt: now().toISOString() } });

  return {
    routes: {
      'GET /api/v1/alerts': {
        role: 'viewer',
        handle: ({ query }) => {
          const shown = query.get('active') === 'false' ? [] : firing().map(shownInstance);
          const filters = query.getAll('filter');
          return success(
            200,
            shown.filter(({ labels }) => matches(labels, filters)),
          );
        },
      },
    },
    fire: async alarm => changed(raised(alarm)),
    resolve: async given => {
      const { stored, alarm } = known(given);
      const one = groups.find(alertOf(alarm, stored?.rule).fingerprint);
      if (one?.alert.status === 'firing') return ended(one);
      throw new Error(`no alert of ${alarm.rule.name} with these labels fires: fire it first`);
    },
    flush: groups.retry,
    expire: async () => {
      const orphans = firing().filter(({ orphaned }) => orphaned);
      return (await Promise.all(orphans.map(ended))).flat();
    },
    isFiring: ruleId => firing().some(one => one.ruleId === ruleId && !one.orphaned),
    orphan: ruleId => {
      for (const one of groups.all()) if (one.ruleId === ruleId) groups.keep({ ...one, orphaned: true });
    },
    test: async rule => {
      const { alert, channels } = testAlertOf(rule, { now: now(), policyChannels });
      await Promise.all(channels.map(channel => deliver({ channel, alerts: [alert], groupLabels: {} })));
      return 1;
    },
    stop: () => stopped.abort(),
  };
}

/** `receivers` comes from a tree that knows nothing of rules. */
function shownInstance({ alert: { labels, annotations, startsAt, endsAt, generatorURL, fingerprint } }: Active) {
  const status = { state: 'active', silencedBy: [], inhibitedBy: [] };
  return { labels, annotations, startsAt, endsAt, generatorURL, status, receivers: [{ name: 'default-receiver' }], fingerprint };
}
