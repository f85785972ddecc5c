import { success } from './signoz-answers.ts';
import type { SignozReceiver } from './signoz-channels.ts';
import type { SignozRoutes } from './signoz-door.ts';
import { type Alarm, alertOf, groupLabelsOf, matches, testAlertOf } from './signoz-alarm.ts';
import { type Delivery, deliveries } from './signoz-delivery.ts';
import { type Labels, type NotifiedAlert, NO_END } from './signoz-payload.ts';
import type { Rule } from './signoz-rule.ts';
import { channelsOf, ruleRoutes } from './signoz-rule-channels.ts';

interface AlertsOptions {
  readonly now: () => Date;
  readonly rule: (id: string) => { readonly rule: Rule; readonly routedAs: Rule } | undefined;
  readonly channelNames: () => readonly string[];
  readonly receiver: (name: string) => SignozReceiver | undefined;
  /** Where the organisation's own policies send what a rule leaves to them. */
  readonly policyChannels: readonly string[];
  readonly retry: { readonly firstMs: number; readonly withinMs: number };
}

export interface SignozAlerts {
  readonly routes: SignozRoutes;
  /** Fires an alert, or repeats one that fires already, and resolves when the flush is over: with what became of it per channel. */
  readonly fire: (alarm: Alarm) => Promise<readonly Delivery[]>;
  readonly resolve: (alarm: Alarm) => Promise<readonly Delivery[]>;
  /** The next group interval: what could not be delivered is sent again. */
  readonly flush: () => Promise<readonly Delivery[]>;
  /** Time passes, and the alerts of rules that are gone or were changed resolve. */
  readonly expire: () => Promise<readonly Delivery[]>;
  readonly isFiring: (ruleId: string) => boolean;
  readonly orphan: (ruleId: string) => void;
  readonly test: (rule: Rule) => Promise<number>;
  readonly stop: () => void;
}

interface Active {
  readonly alert: NotifiedAlert;
  readonly ruleId: string;
  readonly channels: readonly string[];
  readonly groupLabels: Labels;
  /** Its rule no longer knows of it. */
  readonly orphaned: boolean;
}

/** The alerts that SigNoz's rules raise, and the Alertmanager inside that sends them. There is no group wait: whatever changes is flushed at once. */
export function signozAlerts(options: AlertsOptions): SignozAlerts {
  const { now, policyChannels } = options;
  const active = new Map<string, Active>();
  /** The last flush of each group, so that they follow one another. */
  const turns = new Map<string, Promise<readonly Delivery[]>>();
  const failed = new Map<string, Labels>();
  const stopped = new AbortController();
  const { deliver } = deliveries({ ...options.retry, receiver: options.receiver, stopped: stopped.signal });

  function channelsFor(alarm: Alarm): readonly string[] {
    const known = options.rule(alarm.rule.id);
    if (!known) return options.channelNames();
    const { routedAs } = known;
    if (routedAs.notificationSettings?.usePolicy) return policyChannels;
    if (alarm.noData) return [...new Set(channelsOf(routedAs))];
    const routes = ruleRoutes(routedAs);
    const { severity = routes[0]?.threshold } = alarm;
    return routes.find(({ threshold }) => threshold.toLowerCase() === severity?.toLowerCase())?.channels ?? [];
  }

  async function flushGroup(groupLabels: Labels): Promise<readonly Delivery[]> {
    const key = JSON.stringify(groupLabels);
    const members = [...active.values()].filter(one => JSON.stringify(one.groupLabels) === key);
    const channels = [...new Set(members.flatMap(one => one.channels))];
    const results = await Promise.all(
      channels.map(channel => {
        const alerts = members.filter(one => one.channels.includes(channel)).map(({ alert }) => alert);
        return deliver({ channel, alerts, groupLabels });
      }),
    );
    if (results.some(({ error }) => error !== undefined)) failed.set(key, groupLabels);
    else {
      failed.delete(key);
      // Only the ones that were told of: another may have resolved meanwhile.
      for (const { alert } of members.filter(one => one.alert.status === 'resolved')) {
        if (active.get(alert.fingerprint)?.alert === alert) active.delete(alert.fingerprint);
      }
    }
    return results;
  }

  function flushed(groupLabels: Labels): Promise<readonly Delivery[]> {
    const key = JSON.stringify(groupLabels);
    const turn = (turns.get(key) ?? Promise.resolve([])).then(() => flushGroup(groupLabels));
    turns.set(key, turn);
    return turn;
  }

  async function allFlushed(groups: Iterable<Labels>): Promise<readonly Delivery[]> {
    const unique = new Map([...groups].map(labels => [JSON.stringify(labels), labels]));
    return (await Promise.all([...unique.values()].map(flushed))).flat();
  }

  function raised(alarm: Alarm): Active {
    const { id } = alarm.rule;
    const { rule, routedAs } = options.rule(id) ?? {};
    const { labels, annotations, generatorURL, fingerprint } = alertOf(alarm, rule);
    const before = active.get(fingerprint)?.alert;
    const startsAt = before?.status === 'firing' ? before.startsAt : now().toISOString();
    const alert: NotifiedAlert = { status: 'firing', labels, annotations, startsAt, endsAt: NO_END, generatorURL, fingerprint };
    const groupLabels = groupLabelsOf(labels, routedAs?.notificationSettings?.groupBy);
    return { alert, ruleId: id, channels: channelsFor(alarm), groupLabels, orphaned: false };
  }

  const over = (one: Active): Active => ({ ...one, alert: { ...one.alert, status: 'resolved', endsAt: now().toISOString() } });

  return {
    routes: {
      'GET /api/v1/alerts': {
        role: 'viewer',
        handle: ({ query }) => {
          const shown = query.get('active') === 'false' ? [] : [...active.values()].filter(one => one.alert.status === 'firing');
          return success(
            200,
            shown.map(shownInstance).filter(({ labels }) => matches(labels, query.getAll('filter'))),
          );
        },
      },
    },
    fire: alarm => {
      const one = raised(alarm);
      active.set(one.alert.fingerprint, one);
      return flushed(one.groupLabels);
    },
    resolve: alarm => {
      const one = active.get(raised(alarm).alert.fingerprint);
      if (!one) throw new Error(`no alert of ${alarm.rule.name} with these labels fires: fire it first`);
      active.set(one.alert.fingerprint, over(one));
      return flushed(one.groupLabels);
    },
    flush: () => allFlushed(failed.values()),
    expire: () => {
      const gone = [...active.values()].filter(one => one.orphaned && one.alert.status === 'firing').map(over);
      for (const one of gone) active.set(one.alert.fingerprint, one);
      return allFlushed(gone.map(one => one.groupLabels));
    },
    isFiring: ruleId => [...active.values()].some(one => one.ruleId === ruleId && !one.orphaned && one.alert.status === 'firing'),
    orphan: ruleId => {
      for (const [key, one] of active) if (one.ruleId === ruleId) active.set(key, { ...one, orphaned: true });
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
function shownInstance({ alert }: Active) {
  const { status: _, ...rest } = alert;
  const status = { state: 'active', silencedBy: [], inhibitedBy: [] };
  return { ...rest, status, receivers: [{ name: 'default-receiver' }] };
}
