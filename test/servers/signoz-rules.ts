import type { Reply } from './http-server.ts';
import type { KnownRule } from './signoz-alerts.ts';
import { jsonOf, Refusal, success } from './signoz-answers.ts';
import type { Asked, SignozRoutes } from './signoz-door.ts';
import type { Json } from './signoz-go.ts';
import { type Rule, readRule } from './signoz-rule.ts';
import { patched, sameToAlerts, testable } from './signoz-rule-change.ts';
import { type RuleEdit, type RuleHands, ruleHands } from './signoz-rule-hands.ts';
import { type Paced, paced, type SignozLatency } from './signoz-pace.ts';
import { channelFault, channelsOf } from './signoz-rule-channels.ts';
import { shownRule } from './signoz-rule-form.ts';
import { v1RuleRoutes, v2RuleRoutes } from './signoz-rule-routes.ts';
import { checkId, ruleStore } from './signoz-rule-store.ts';
import { canBeScheduled, validate } from './signoz-rule-verdict.ts';

export interface SignozRules extends RuleHands {
  readonly routes: SignozRoutes;
  readonly find: (id: string) => KnownRule | undefined;
  /** Rules that keep a channel from being deleted. */
  readonly usersOf: (channel: string) => readonly string[];
  /** Stores any text, as an older version or a hand in the database might have, and says under which id. */
  readonly storeRaw: (raw: string) => string;
  /** The rule's evaluator is gone, as after a start at which the rule failed to load. */
  readonly unload: (id: string) => void;
  /** Evaluators as they are after a restart. */
  readonly restart: () => void;
  /** From now on these rules cannot be deleted. */
  readonly planMaintenance: (ids: readonly string[]) => void;
  /** They all can be deleted again. */
  readonly endMaintenance: () => void;
  readonly beforeWrite: Paced['beforeWrite'];
}

interface RulesOptions {
  readonly now: () => Date;
  readonly channelNames: () => readonly string[];
  readonly isFiring: (id: string) => boolean;
  /** Told of a rule that is gone, or is another one to its alerts. */
  readonly orphan: (id: string) => void;
  /** Sends a rule's test and says how many alerts it made. */
  readonly test: (rule: Rule) => Promise<number>;
  /** The second number of the version: before 120 `/api/v2/rules` is no route, and from 139 on a POST honours `disabled`. */
  readonly minor: number;
  /** Another instance gives other ids. */
  readonly instance: string;
  readonly latency: SignozLatency | undefined;
}

/** Alert rules (contracts/signoz.md, sections 1 and 2): kept as they were sent, shown as SigNoz reads them. */
export function signozRules(options: RulesOptions): SignozRules {
  const { now, channelNames, orphan } = options;
  const store = ruleStore(options.isFiring, options.instance);
  const maintained = new Set<string>();

  function orphanIfChanged(id: string, after: Rule): void {
    const before = store.find(id);
    if (before && !sameToAlerts(before.rule, after)) orphan(id);
  }

  function add({ body, by }: Pick<RuleEdit, 'body' | 'by'>, { honours = true } = {}): { id: string; rule: Rule } {
    const rule = accepted(jsonOf(body), { channels: channelNames(), unscheduled: 'error loading rules' });
    const audit = { createdAt: now().toISOString(), updatedAt: now().toISOString(), createdBy: by, updatedBy: by };
    const task = !(honours && rule.disabled);
    return { id: store.add({ raw: body, ...audit, task, routedAs: rule, blocks: channelsOf(rule) }), rule };
  }

  function post(request: Asked): Json {
    // For long the evaluator was started whatever `disabled` said (signoz#12633).
    const { id, rule } = add(request, { honours: options.minor >= 139 });
    return unaudited(id, shownRule(rule, { sorted: true }));
  }

  function put({ id, body, by }: RuleEdit): void {
    checkId(id);
    // The body is looked at before anybody looks for the rule.
    const rule = accepted(jsonOf(body), { channels: channelNames(), unscheduled: UNPREPARED });
    const before = store.stored(id);
    orphanIfChanged(id, rule);
    const left = rule.notificationSettings?.usePolicy ? before.blocks : [];
    const routed = { routedAs: rule, blocks: [...left, ...channelsOf(rule)] };
    store.replace({ ...before, raw: body, updatedAt: now().toISOString(), updatedBy: by, task: !rule.disabled, ...routed });
  }

  function patch({ id, body, by }: Asked): Json {
    const before = store.stored(id);
    const merged = patched(shownRule(readRule(jsonOf(before.raw))), jsonOf(body));
    const rule = accepted(merged, { channels: channelNames(), unscheduled: UNPREPARED });
    orphanIfChanged(id, rule);
    const shown = shownRule(rule, { sorted: true });
    store.replace({ ...before, raw: JSON.stringify(shown), updatedAt: now().toISOString(), updatedBy: by, task: !rule.disabled });
    return unaudited(id, shown);
  }

  function remove({ id }: Pick<RuleEdit, 'id'>): void {
    store.stored(id);
    if (maintained.has(id)) throw new Refusal(MAINTAINED, { status: 409, code: 'already_exists' });
    orphan(id);
    store.remove(id);
  }

  async function test({ body }: Asked): Promise<Reply> {
    const alertCount = await options.test(testable(body));
    return success(200, { alertCount, message: 'notification sent' });
  }

  const calls = { shown: store.shown, list: store.list, post, put, patch, remove, test };
  const plain = { ...v1RuleRoutes(calls), ...(options.minor >= 120 && v2RuleRoutes(calls)) };
  const { routes, beforeWrite } = paced(plain, { latency: options.latency, ruleCount: store.count });
  return {
    ...ruleHands({ store, add: edit => add(edit).id, put, remove, orphan }),
    routes,
    beforeWrite,
    find: store.find,
    usersOf: store.usersOf,
    storeRaw: raw => store.add({ raw, createdAt: NEVER, updatedAt: NEVER, createdBy: '', updatedBy: '', task: false, blocks: [] }),
    unload: id => store.replace({ ...store.stored(id), task: false }),
    restart: store.restart,
    planMaintenance: ids => {
      for (const id of ids) maintained.add(id);
    },
    endMaintenance: () => maintained.clear(),
  };
}

const UNPREPARED = 'error preparing rule with given parameters';
const MAINTAINED =
  'cannot delete rule because it is referenced by a planned maintenance, remove the rule from the planned maintenance first';
const NEVER = '0001-01-01T00:00:00Z';

/** Reads a body as SigNoz does, all stages of it; what cannot be scheduled is refused without a reason. */
function accepted(value: unknown, { channels, unscheduled }: { channels: readonly string[]; unscheduled: string }): Rule {
  const rule = readRule(value);
  validate(rule);
  const fault = channelFault(rule, channels);
  if (fault !== undefined) throw new Refusal(fault);
  if (!canBeScheduled(rule)) throw new Refusal(`${unscheduled}, previous rule set restored`);
  return rule;
}

/** What a write answers with: the rule without its state, and with nobody's name on it. */
function unaudited(id: string, rule: Json): Json {
  return { ...rule, id, state: '', createdAt: NEVER, updatedAt: NEVER, createdBy: '', updatedBy: '' };
}
