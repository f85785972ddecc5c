/** How a SigNoz is reached. The URL may have a path; the API's routes live below it. */
export interface SignozConnection {
  readonly url: string;
  readonly apiKey: string;
  /** PEM; then only these authorities are trusted. */
  readonly caBundle?: string;
}

/** A rule as JSON, in SigNoz's own words (contracts/signoz.md, section 2). */
export type RuleBody = Readonly<Record<string, unknown>>;

/** A stored rule as SigNoz shows it. */
export interface LiveRule {
  readonly id: string;
  /** `inactive`, `pending`, `recovering`, `firing`, `nodata` or `disabled`; empty where SigNoz does not say. */
  readonly state: string;
  /** True also where SigNoz could not load the rule. */
  readonly disabled: boolean;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly updatedBy: string;
  /** Without what the server owns: `id`, `state` and the audit fields. `alert`, `source` and `disabled` are in it. */
  readonly body: RuleBody;
}

export type FoundRule =
  | { readonly is: 'found'; readonly rule: LiveRule }
  | { readonly is: 'gone' }
  /** It is stored and cannot be read any more: lists leave it out. */
  | { readonly is: 'unreadable'; readonly message: string };

/**
 * Alert rules of one SigNoz. Failures are PortErrors, sorted by what helps: `unreachable`, `unavailable` (5xx), `rate-limited`,
 * `unauthorized`, `forbidden`, `rejected` (SigNoz refuses the rule, with every sentence it gave), `unsupported` (no rules API there; detail
 * `too-old` for a SigNoz without it), `malformed`. Nothing is retried: after a failure of `create` that is not an answer of SigNoz, nobody
 * knows whether the rule is stored.
 */
export interface SignozRules {
  /** Hands over each rule as it is read, in no order, a slice at a time. A list that is cut off is `malformed`, whatever was handed over. */
  list(connection: SignozConnection, see: (rule: LiveRule) => void, signal: AbortSignal): Promise<void>;
  get(connection: SignozConnection, id: string, signal: AbortSignal): Promise<FoundRule>;
  /** Resolves to the id. Never idempotent. */
  create(connection: SignozConnection, body: RuleBody, signal: AbortSignal): Promise<string>;
  /** Replaces the whole rule. */
  replace(
    connection: SignozConnection,
    rule: { readonly id: string; readonly body: RuleBody },
    signal: AbortSignal,
  ): Promise<'replaced' | 'gone'>;
  /** `rejected` with status 409 while a planned maintenance holds the rule. */
  remove(connection: SignozConnection, id: string, signal: AbortSignal): Promise<'removed' | 'gone'>;
  /** Evaluates the rule once and really notifies its channels. Resolves to the number of alerts it made. */
  test(connection: SignozConnection, body: RuleBody, signal: AbortSignal): Promise<number>;
  /** Names of the stored notification channels, and nothing else of them. */
  channelNames(connection: SignozConnection, signal: AbortSignal): Promise<readonly string[]>;
}
