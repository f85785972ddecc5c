import type { Reply } from './http-server.ts';
import { jsonOf, Refusal, success } from './signoz-answers.ts';
import type { Asked, SignozRoutes } from './signoz-door.ts';
import type { Json } from './signoz-go.ts';
import { uuidFor } from './signoz-payload.ts';
import { type Rule, readRule } from './signoz-rule.ts';
import { sameToAlerts, patched, runsAfterStart, testable } from './signoz-rule-change.ts';
import { shownRule } from './signoz-rule-form.ts';
import { v1RuleRoutes, v2RuleRoutes } from './signoz-rule-routes.ts';
import { channelFault, channelsOf } from './signoz-rule-channels.ts';
import { canBeScheduled, validate } from './signoz-rule-verdict.ts';

interface StoredRule {
  readonly id: string;
  /** What was posted, to the character. */
  readonly raw: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly createdBy: string;
  readonly updatedBy: string;
  /** Whether an evaluator runs: not for every rule that is stored as enabled, and for some that are not. */
  readonly task: boolean;
  /** The rule whose channels and groups the notifier goes by: PATCH does not reach it. */
  readonly routedAs?: Rule;
  /** Channels that its hidden routes name, left-over ones too. */
  readonly blocks: readonly string[];
}

export interface SignozRules {
  readonly routes: SignozRoutes;
  /** A stored rule and the one its notifications are routed by. */
  readonly find: (id: string) => { readonly rule: Rule; readonly routedAs: Rule } | undefined;
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
}

interface RulesOptions {
  readonly now: () => Date;
  readonly channelNames: () => readonly string[];
  readonly isFiring: (id: string) => boolean;
  /** Told of a rule that is gone, or is another one to its alerts. */
  readonly orphan: (id: string) => void;
  /** Sends a rule's test and says how many alerts it made. */
  readonly test: (rule: Rule) => Promise<number>;
  /** Without it `/api/v2/rules` is no route, as before v0.120. */
  readonly hasV2: boolean;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Alert rules (contracts/signoz.md, sections 1 and 2): kept as they were sent, shown as SigNoz reads them. */
export function signozRules(options: RulesOptions): SignozRules {
  const { now, channelNames, isFiring, orphan } = options;
  const rules = new Map<string, StoredRule>();
  const maintained = new Set<string>();
  let made = 0;
  let listed = 0;

  function stored(id: string): StoredRule {
    checkId(id);
    const rule = rules.get(id);
    if (rule) return rule;
    throw new Refusal(`rule with ID: ${id} does not exist`, { status: 404, code: 'not_found' });
  }

  function accepted(value: unknown, unscheduled: string): Rule {
    const rule = readRule(value);
    validate(rule);
    const fault = channelFault(rule, channelNames());
    if (fault !== undefined) throw new Refusal(fault);
    if (!canBeScheduled(rule)) throw new Refusal(`${unscheduled}, previous rule set restored`);
    return rule;
  }

  /** As GET shows it, or the refusal that a rule nobody can read any more ends in. */
  function shown(id: string): Json {
    const { raw, task, createdAt, updatedAt, createdBy, updatedBy } = stored(id);
    const rule = readRule(jsonOf(raw));
    const state = task ? (isFiring(id) && 'firing') || 'inactive' : 'disabled';
    return { ...shownRule(rule), id, state, ...(!task && { disabled: true }), createdAt, updatedAt, createdBy, updatedBy };
  }

  function listable(id: string): Json[] {
    try {
      return [shown(id)];
    } catch {
      return [];
    }
  }

  /** In no order, and another one each time. */
  function list(): Json[] {
    const ids = [...rules.keys()].toSorted();
    const at = listed++ % Math.max(ids.length, 1);
    return [...ids.slice(at), ...ids.slice(0, at)].flatMap(listable);
  }

  function post({ body, by }: Asked): Json {
    const rule = accepted(jsonOf(body), 'error loading rules');
    const id = uuidFor(`rule ${++made}`);
    const at = now().toISOString();
    const audit = { createdAt: at, updatedAt: at, createdBy: by, updatedBy: by };
    // The evaluator is started whatever `disabled` says (signoz#12633).
    rules.set(id, { id, raw: body, ...audit, task: true, routedAs: rule, blocks: channelsOf(rule) });
    return unaudited(id, shownRule(rule, { sorted: true }));
  }

  function put({ id, body, by }: Asked): void {
    // The body is looked at before anybody looks for the rule.
    checkId(id);
    const rule = accepted(jsonOf(body), 'error preparing rule with given parameters');
    const before = stored(id);
    if (before.routedAs && !sameToAlerts(before.routedAs, rule)) orphan(id);
    const blocks = [...(rule.notificationSettings?.usePolicy ? before.blocks : []), ...channelsOf(rule)];
    rules.set(id, { ...before, raw: body, updatedAt: now().toISOString(), updatedBy: by, task: !rule.disabled, routedAs: rule, blocks });
  }

  function patch({ id, body, by }: Asked): Json {
    const before = stored(id);
    const merged = patched(shownRule(readRule(jsonOf(before.raw))), jsonOf(body));
    const rule = accepted(merged, 'error preparing rule with given parameters');
    const raw = shownRule(rule, { sorted: true });
    rules.set(id, { ...before, raw: JSON.stringify(raw), updatedAt: now().toISOString(), updatedBy: by, task: !rule.disabled });
    return unaudited(id, raw);
  }

  function remove({ id }: Asked): void {
    stored(id);
    const held = 'cannot delete rule because it is referenced by a planned maintenance, remove the rule from the planned maintenance first';
    if (maintained.has(id)) throw new Refusal(held, { status: 409, code: 'already_exists' });
    orphan(id);
    rules.delete(id);
  }

  async function test({ body }: Asked): Promise<Reply> {
    const alertCount = await options.test(testable(body));
    return success(200, { alertCount, message: 'notification sent' });
  }

  const calls = { shown, list, post, put, patch, remove, test };
  return {
    routes: { ...v1RuleRoutes(calls), ...(options.hasV2 && v2RuleRoutes(calls)) },
    find: id => {
      const { raw, routedAs } = rules.get(id) ?? {};
      return raw === undefined || !routedAs ? undefined : { rule: readRule(jsonOf(raw)), routedAs };
    },
    usersOf: channel => [...rules.values()].filter(({ blocks }) => blocks.includes(channel)).map(({ id }) => id),
    storeRaw: raw => {
      const id = uuidFor(`rule ${++made}`);
      const at = now().toISOString();
      rules.set(id, { id, raw, createdAt: at, updatedAt: at, createdBy: '', updatedBy: '', task: false, blocks: [] });
      return id;
    },
    unload: id => void rules.set(id, { ...stored(id), task: false }),
    restart: () => {
      for (const rule of rules.values()) rules.set(rule.id, { ...rule, task: runsAfterStart(rule.raw) });
    },
    planMaintenance: ids => {
      for (const id of ids) maintained.add(id);
    },
  };
}

function checkId(id: string): void {
  if (!UUID.test(id)) throw new Refusal('id is not a valid uuid-v7');
}

const NEVER = '0001-01-01T00:00:00Z';

/** What a write answers with: the rule without its state, and with nobody's name on it. */
function unaudited(id: string, rule: Json): Json {
  return { ...rule, id, state: '', createdAt: NEVER, updatedAt: NEVER, createdBy: '', updatedBy: '' };
}
