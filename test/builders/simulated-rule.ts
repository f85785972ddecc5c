import { type RuleMarker, sameOwner } from '../../src/domain/rule/marker.ts';
import { nextRuleStep, type RuleFacts, type RuleStep } from '../../src/domain/rule/next-step.ts';
import type { RuleEntry } from '../../src/domain/rule/rule-entry.ts';
import { ANOTHER, ELSEWHERE, entry, OWNER } from './rule-facts.ts';

/** What happens to its rule; by `save-in-ui` the UI puts its own text where the marker was. */
export type RuleTouch = 'edit' | 'save-in-ui' | 'switch' | 'delete' | 'copy' | 'unload';

/** What happens to an object and its SigNoz beside the turns of the operator. */
export type RuleEvent =
  | { readonly is: 'spec'; readonly hash: string; readonly disabled: boolean }
  | { readonly is: 'touch'; readonly touch: RuleTouch }
  | { readonly is: 'back-up' }
  | { readonly is: 'restore' }
  | { readonly is: 'empty' }
  | { readonly is: 'lose-status' }
  /** A turn that ends as planned, or dies right after its write. */
  | { readonly is: 'turn'; readonly dies: boolean };

const FOREIGN: readonly RuleEntry[] = [
  entry({ id: 'x', marker: ANOTHER }),
  entry({ id: 'y', marker: ELSEWHERE }),
  entry({ id: 'z', marker: undefined }),
];

/** One object and a SigNoz of its own, both as plain data, in which the steps of the operator are carried out. */
export class SimulatedRule {
  writes = 0;
  #rules: ReadonlyMap<string, RuleEntry> = new Map(FOREIGN.map(rule => [rule.id, rule]));
  #backup = this.#rules;
  #status: RuleFacts['status'] = {};
  #asked = { hash: 'v1', disabled: false };
  #seconds = 0;
  #made = 0;

  get own(): readonly RuleEntry[] {
    return [...this.#rules.values()].filter(({ marker }) => marker !== undefined && sameOwner(marker, OWNER));
  }

  /** The rules of others, as they are and as they were at first. */
  get others(): { readonly now: readonly RuleEntry[]; readonly first: readonly RuleEntry[] } {
    return { now: FOREIGN.flatMap(({ id }) => this.#rules.get(id) ?? []), first: FOREIGN };
  }

  get asked(): { readonly hash: string; readonly disabled: boolean } {
    return this.#asked;
  }

  happens(event: RuleEvent): void {
    const one = this.own[0];
    switch (event.is) {
      case 'spec':
        this.#asked = { hash: event.hash, disabled: event.disabled };
        return;
      case 'turn':
        void this.turn(event.dies);
        return;
      case 'back-up':
        this.#backup = this.#rules;
        return;
      case 'restore':
        this.#rules = this.#backup;
        return;
      case 'empty':
        this.#rules = new Map(FOREIGN.map(rule => [rule.id, rule]));
        return;
      case 'lose-status':
        this.#status = {};
        return;
      case 'touch':
        if (one) this.#touched(one, event.touch);
    }
  }

  #touched(rule: RuleEntry, touch: RuleTouch): void {
    switch (touch) {
      case 'edit':
        return this.#put({ ...rule, hash: 'hers', updatedAt: this.#now() });
      case 'save-in-ui':
        return this.#put({ ...rule, marker: undefined, hash: `${rule.hash} saved`, updatedAt: this.#now() });
      case 'switch':
        return this.#put({ ...rule, ...switched(!rule.disabled), updatedAt: this.#now() });
      case 'copy':
        return this.#put({ ...rule, id: this.#id(), createdAt: this.#now(), updatedAt: this.#now() });
      case 'unload':
        return this.#put({ ...rule, ...switched(true) });
      case 'delete':
        this.#rules = new Map([...this.#rules].filter(([id]) => id !== rule.id));
    }
  }

  /** One turn; answers what was done. */
  turn(dies = false): RuleStep {
    const step = nextRuleStep(this.#facts());
    const wrote = this.#carriedOut(step);
    if (wrote) this.writes += 1;
    if (!dies) this.#record(step, wrote);
    return step;
  }

  #carriedOut(step: RuleStep): RuleEntry | 'removed' | undefined {
    const { hash, disabled } = this.#asked;
    const at = this.#now();
    if (step.do === 'create') {
      // As old servers do it: what is created disabled is evaluated until it is written a second time.
      return this.#kept(entry({ id: this.#id(), hash, disabled, state: 'inactive', createdAt: at, updatedAt: at }));
    }
    if (step.do === 'update') {
      const before = this.#rules.get(step.id);
      return this.#kept(entry({ ...before, id: step.id, marker: OWNER, hash, ...switched(disabled), updatedAt: at }));
    }
    if (step.do !== 'remove-duplicate') return undefined;
    this.#rules = new Map([...this.#rules].filter(([id]) => id !== step.id));
    return 'removed';
  }

  #record(step: RuleStep, wrote: RuleEntry | 'removed' | undefined): void {
    const rule = step.do === 'nothing' ? step.rule : wrote;
    if (rule === undefined || rule === 'removed') return;
    const written = rule.hash === this.#asked.hash ? { hash: rule.hash, updatedAt: rule.updatedAt } : this.#status.written;
    this.#status = { ruleId: rule.id, ...(written && { written }) };
  }

  #facts(): RuleFacts {
    const { ruleId } = this.#status;
    return {
      spec: { drift: { policy: 'Correct', ignoreFields: [] }, disabled: this.#asked.disabled, adoption: { policy: 'Never' } },
      status: this.#status,
      owner: OWNER satisfies RuleMarker,
      want: { hash: this.#asked.hash, name: 'API errors' },
      own: this.own,
      recorded: ruleId === undefined ? undefined : (this.#rules.get(ruleId) ?? 'gone'),
      named: [...this.#rules.values()].filter(({ marker }) => marker === undefined),
      asked: undefined,
      now: new Date(this.#now()),
    };
  }

  #kept(rule: RuleEntry): RuleEntry {
    this.#put(rule);
    return rule;
  }

  #put(rule: RuleEntry): void {
    this.#rules = new Map([...this.#rules, [rule.id, rule]]);
  }

  #id(): string {
    this.#made += 1;
    return `r${String(this.#made).padStart(4, '0')}`;
  }

  /** Each look at the clock is a second later. */
  #now(): string {
    this.#seconds += 1;
    return new Date(Date.UTC(2026, 10, 27) + this.#seconds * 1000).toISOString();
  }
}

function switched(disabled: boolean): Pick<RuleEntry, 'disabled' | 'state'> {
  return { disabled, state: disabled ? 'disabled' : 'inactive' };
}
