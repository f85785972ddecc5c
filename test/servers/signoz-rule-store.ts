import type { KnownRule } from './signoz-alerts.ts';
import { jsonOf, Refusal } from './signoz-answers.ts';
import type { Json } from './signoz-go.ts';
import { uuidFor } from './signoz-payload.ts';
import { type Rule, readRule } from './signoz-rule.ts';
import { shownRule } from './signoz-rule-form.ts';

export interface StoredRule {
  readonly id: string;
  /** What was sent, to the character. */
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

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

export function checkId(id: string): void {
  if (!UUID.test(id)) throw new Refusal('id is not a valid uuid-v7');
}

/** The rules of a stand-in: raw in, and read anew for everybody who asks. */
export function ruleStore(isFiring: (id: string) => boolean) {
  const rules = new Map<string, StoredRule>();
  let made = 0;
  let listed = 0;

  function add(rule: Omit<StoredRule, 'id'>): string {
    const id = uuidFor(`rule ${++made}`);
    rules.set(id, { id, ...rule });
    return id;
  }

  function stored(id: string): StoredRule {
    checkId(id);
    const rule = rules.get(id);
    if (rule) return rule;
    throw new Refusal(`rule with ID: ${id} does not exist`, { status: 404, code: 'not_found' });
  }

  /** As GET shows it, or the refusal that a rule nobody can read any more ends in. */
  function shown(id: string): Json {
    const { raw, task, createdAt, updatedAt, createdBy, updatedBy } = stored(id);
    const rule = readRule(jsonOf(raw));
    const state = task ? (isFiring(id) && 'firing') || 'inactive' : 'disabled';
    return { ...shownRule(rule), id, state, ...(!task && { disabled: true }), createdAt, updatedAt, createdBy, updatedBy };
  }

  /** In no order, and another one each time. */
  function list(): Json[] {
    const ids = [...rules.keys()].toSorted();
    const at = listed++ % Math.max(ids.length, 1);
    return [...ids.slice(at), ...ids.slice(0, at)].flatMap(id => (readable(stored(id)) ? [shown(id)] : []));
  }

  function find(id: string): KnownRule | undefined {
    const one = rules.get(id);
    const rule = one && readable(one);
    return rule && { rule, routedAs: one.routedAs ?? rule, runs: one.task };
  }

  /** Evaluators, and what the notifier knows of groups, as a start of SigNoz finds them in the store. */
  function restart(): void {
    for (const one of rules.values()) {
      const rule = readable(one);
      const { notificationSettings } = rule ?? {};
      const routedAs = one.routedAs && { ...one.routedAs, ...(notificationSettings && { notificationSettings }) };
      rules.set(one.id, { ...one, task: rule?.disabled === false, ...(routedAs && { routedAs }) });
    }
  }

  return {
    add,
    stored,
    shown,
    list,
    find,
    restart,
    replace: (rule: StoredRule): void => void rules.set(rule.id, rule),
    remove: (id: string): void => void rules.delete(id),
    usersOf: (channel: string) => [...rules.values()].filter(({ blocks }) => blocks.includes(channel)).map(({ id }) => id),
  };
}

function readable({ raw }: StoredRule): Rule | undefined {
  try {
    return readRule(jsonOf(raw));
  } catch {
    return undefined;
  }
}
