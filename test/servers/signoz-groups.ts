import type { Delivery, GroupOfAlerts } from './signoz-delivery.ts';
import type { Labels, NotifiedAlert } from './signoz-payload.ts';

/** An alert that fires, or has resolved and is still to be told of. */
export interface Active {
  readonly alert: NotifiedAlert;
  readonly ruleId: string;
  /** Those that hear of it; of one that has resolved, those that have yet to hear. */
  readonly channels: readonly string[];
  readonly groupLabels: Labels;
  /** Its rule no longer knows of it. */
  readonly orphaned: boolean;
}

type Group = Omit<GroupOfAlerts, 'alerts'>;

export interface AlertGroups {
  readonly all: () => readonly Active[];
  readonly find: (fingerprint: string) => Active | undefined;
  /** Keeps an alert, or what became of it, and tells nobody. */
  readonly keep: (one: Active) => void;
  /** Sends the groups that an alert is in: each after its flush before, all at the same time. */
  readonly flush: (one: Active) => Promise<readonly Delivery[]>;
  /** Sends once more what failed. */
  readonly retry: () => Promise<readonly Delivery[]>;
}

/** Alertmanager's groups: one per channel and group labels, each told of all its alerts at once. */
export function alertGroups(deliver: (group: GroupOfAlerts) => Promise<Delivery>): AlertGroups {
  const active = new Map<string, Active>();
  const turns = new Map<string, Promise<unknown>>();
  const failed = new Map<string, Group>();

  async function sent({ channel, groupLabels }: Group): Promise<Delivery> {
    const key = keyOf({ channel, groupLabels });
    const members = [...active.values()].filter(one => one.channels.includes(channel) && sameLabels(one.groupLabels, groupLabels));
    if (members.length === 0) return { channel, attempts: 0 };
    const delivery = await deliver({ channel, groupLabels, alerts: members.map(({ alert }) => alert) });
    failed.delete(key);
    if (delivery.error === undefined) for (const { alert } of members) forget(alert, channel);
    else failed.set(key, { channel, groupLabels });
    return delivery;
  }

  function forget(alert: NotifiedAlert, channel: string): void {
    const one = active.get(alert.fingerprint);
    // It may have fired again while the group was told that it had resolved.
    if (one?.alert !== alert || alert.status === 'firing') return;
    keep({ ...one, channels: one.channels.filter(name => name !== channel) });
  }

  function keep(one: Active): void {
    if (one.alert.status === 'resolved' && one.channels.length === 0) active.delete(one.alert.fingerprint);
    else active.set(one.alert.fingerprint, one);
  }

  function inTurn(group: Group): Promise<Delivery> {
    const key = keyOf(group);
    const turn = (turns.get(key) ?? Promise.resolve()).then(() => sent(group));
    turns.set(key, turn);
    return turn;
  }

  return {
    all: () => [...active.values()],
    find: fingerprint => active.get(fingerprint),
    keep,
    flush: ({ channels, groupLabels }) => Promise.all(channels.map(channel => inTurn({ channel, groupLabels }))),
    retry: () => Promise.all([...failed.values()].map(inTurn)),
  };
}

function keyOf({ channel, groupLabels }: Group): string {
  return JSON.stringify([channel, groupLabels]);
}

function sameLabels(a: Labels, b: Labels): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
