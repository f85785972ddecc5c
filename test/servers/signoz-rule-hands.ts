import type { Json } from './signoz-go.ts';
import type { ruleStore, StoredRule } from './signoz-rule-store.ts';

/** A rule's body as somebody writes it. */
export interface RuleEdit {
  readonly id: string;
  readonly body: string;
  /** Whose name is in the audit fields. */
  readonly by: string;
}

/** The rules of one moment, as in a backup. */
export type SignozSnapshot = readonly StoredRule[];

/** What people do to rules, in the UI or on the server, without a request that a test would count. */
export interface RuleHands {
  /** Rules as GET shows them, those that nobody can read left out. */
  readonly rules: () => readonly Json[];
  /** Stores these, as they would be after POST and PUT; their ids. */
  readonly seed: (bodies: readonly object[], by?: string) => readonly string[];
  /** Edits a rule in the UI: `change` is given what GET shows, and what it gives back is put. */
  readonly editAs: (email: string, id: string, change: (shown: Json) => object) => void;
  readonly deleteRule: (id: string) => void;
  readonly snapshot: () => SignozSnapshot;
  /** SigNoz starts from a backup: ids and audit fields are those of then, and what fires is forgotten. */
  readonly restore: (snapshot: SignozSnapshot) => void;
  /** SigNoz starts without a single rule. */
  readonly empty: () => void;
}

interface Doing {
  readonly store: ReturnType<typeof ruleStore>;
  readonly add: (edit: Omit<RuleEdit, 'id'>) => string;
  readonly put: (edit: RuleEdit) => void;
  readonly remove: (rule: Pick<RuleEdit, 'id'>) => void;
  readonly orphan: (id: string) => void;
}

export function ruleHands({ store, add, put, remove, orphan }: Doing): RuleHands {
  function restore(snapshot: SignozSnapshot): void {
    for (const { id } of store.all()) orphan(id);
    store.replaceAll(snapshot);
    store.restart();
  }

  return {
    rules: () => store.list().map(text => JSON.parse(text)),
    seed: (bodies, by = 'someone@example.com') => bodies.map(body => add({ body: JSON.stringify(body), by })),
    editAs: (by, id, change) => put({ id, body: JSON.stringify(change(store.shown(id))), by }),
    deleteRule: id => remove({ id }),
    snapshot: store.all,
    restore,
    empty: () => restore([]),
  };
}
