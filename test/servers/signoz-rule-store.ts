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
export function ruleStore(isFiring: (id: string) => boolean, instance: string) {
  const rules = new Map<string, StoredRule>();
  const texts = new WeakMap<StoredRule, { readonly state: string; readonly text: string }>();
  let sortedIds: readonly string[] | undefined;
  let made = 0;
  let listed = 0;

  function add(rule: Omit<StoredRule, 'id'>): string {
    const id = uuidFor(`rule ${instance}${++made}`);
    const one = { id, ...rule };
    rules.set(id, one);
    if (rule.routedAs) reads.set(one, rule.routedAs);
    sortedIds = undefined;
    return id;
  }

  function stored(id: string): StoredRule {
    checkId(id);
    const rule = rules.get(id);
    if (rule) return rule;
    throw new Refusal(`rule with ID: ${id} does not exist`, { status: 404, code: 'not_found' });
  }

  const stateOf = ({ id, task }: StoredRule): string => (task ? (isFiring(id) && 'firing') || 'inactive' : 'disabled');

  /** As GET shows it, or the refusal that a rule nobody can read any more ends in. */
  function shown(id: string): Json {
    const one = stored(id);
    const { task, createdAt, updatedAt, createdBy, updatedBy } = one;
    return {
      ...shownRule(read(one)),
      id,
      state: stateOf(one),
      ...(!task && { disabled: true }),
      createdAt,
      updatedAt,
      createdBy,
      updatedBy,
    };
  }

  function shownText(one: StoredRule): string {
    const state = stateOf(one);
    const before = texts.get(one);
    if (before?.state === state) return before.text;
    const text = JSON.stringify(shown(one.id));
    texts.set(one, { state, text });
    return text;
  }

  /** Those that can be read, as JSON, in no order and another one each time. */
  function list(): string[] {
    sortedIds ??= [...rules.keys()].toSorted();
    const at = listed++ % Math.max(sortedIds.length, 1);
    return [...sortedIds.slice(at), ...sortedIds.slice(0, at)].flatMap(id => {
      const one = stored(id);
      return readable(one) ? [shownText(one)] : [];
    });
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
    remove: (id: string): void => {
      rules.delete(id);
      sortedIds = undefined;
    },
    count: () => rules.size,
    all: (): readonly StoredRule[] => [...rules.values()],
    replaceAll: (given: readonly StoredRule[]): void => {
      rules.clear();
      for (const rule of given) rules.set(rule.id, rule);
      sortedIds = undefined;
    },
    usersOf: (channel: string) => [...rules.values()].filter(({ blocks }) => blocks.includes(channel)).map(({ id }) => id),
  };
}

/** What each was read as: a stored rule never changes, it is replaced. */
const reads = new WeakMap<StoredRule, Rule | Refusal>();

function read(one: StoredRule): Rule {
  const known = reads.get(one) ?? readRaw(one);
  reads.set(one, known);
  if (known instanceof Refusal) throw known;
  return known;
}

function readRaw({ raw }: StoredRule): Rule | Refusal {
  try {
    return readRule(jsonOf(raw));
  } catch (err) {
    if (err instanceof Refusal) return err;
    throw err;
  }
}

function readable(one: StoredRule): Rule | undefined {
  try {
    return read(one);
  } catch {
    return undefined;
  }
}
