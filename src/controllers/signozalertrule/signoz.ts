import { PortError } from '../../domain/ports/port-error.ts';
import type { FoundRule, LiveRule, SignozConnection, SignozRules } from '../../domain/ports/signoz-rules.ts';
import type { RuleEntry } from '../../domain/rule/rule-entry.ts';
import type { Log } from '../../kube/controller.ts';
import type { Priority } from '../../kube/ready-keys.ts';
import { Inventory } from './inventory.ts';
import { KnownChannels } from './known-channels.ts';
import type { Lane } from './lane.ts';
import { Rest } from './rest.ts';
import { Rounds } from './rounds.ts';

/** What an object asks of the SigNoz that its rule is in. */
export interface Watch {
  /** JSON Pointers that do not count in its rule. */
  readonly ignore: readonly string[];
  readonly resyncMs: number;
  readonly ruleId: string | undefined;
}

export interface SignozOptions {
  readonly rules: SignozRules;
  readonly connection: SignozConnection;
  readonly clusterId: string;
  readonly lane: Lane;
  readonly enqueue: (key: string, priority: Priority) => void;
  /** Before each list: the Secret may say something else by now. */
  readonly beforeList: (signal: AbortSignal) => Promise<void>;
  /** The object whose status names the rule, among those that reach the same SigNoz by another key. */
  readonly namedBeside: (id: string) => string | undefined;
  readonly monotonic: () => number;
  readonly random: () => number;
  readonly log: Log;
}

/** Where SigNoz does not say when to come again. */
const UNTOLD_REST_MS = 5_000;
/** A write that fails so says that the connection may be broken for all. */
const SUSPICIOUS: ReadonlySet<PortError['fault']> = new Set(['unauthorized', 'unreachable', 'unavailable', 'unsupported', 'malformed']);
const SUSPECTED_FOR_MS = 10_000;

/** One SigNoz as one API key sees it: what is known of it, and the one list per interval that this comes from. */
export class Signoz {
  readonly connection: SignozConnection;
  readonly lane: Lane;
  readonly channels: KnownChannels;
  readonly rest: Rest;
  readonly #options: SignozOptions;
  readonly #rounds: Rounds;
  readonly #sinceMs: number;
  readonly #watches = new Map<string, Watch>();
  readonly #keyOfRule = new Map<string, string>();
  /** How many objects ask for each interval. */
  readonly #intervals = new Map<number, number>();
  readonly #awaiting = new Map<string, Priority>();
  /** Objects of whose last write nobody knows the outcome: only a list that began later tells. */
  readonly #unsettled = new Map<string, number>();
  /** Since when objects wait for a list of their own time. */
  readonly #askedMs = new Map<string, number>();
  #listBeganMs = -Infinity;
  #suspectedMs = -Infinity;
  /** What was seen of single rules, and when: a list that began before knows less. */
  readonly #seen = new Map<string, { readonly atMs: number; readonly entry: RuleEntry | undefined }>();
  #inventory: Inventory | undefined;

  constructor(options: SignozOptions) {
    this.#options = options;
    this.connection = options.connection;
    this.lane = options.lane;
    this.channels = new KnownChannels({
      ask: signal => options.rules.channelNames(options.connection, signal),
      enqueue: options.enqueue,
      monotonic: options.monotonic,
    });
    this.rest = new Rest(options.monotonic);
    this.#sinceMs = options.monotonic();
    this.#rounds = new Rounds({
      list: signal => this.#list(signal),
      intervalMs: () => Math.min(...this.#intervals.keys()),
      ended: () => this.#wakeAwaiting(),
      faultTurned: () => this.#wakeAll(),
      monotonic: options.monotonic,
      random: options.random,
      log: options.log,
      host: URL.parse(options.connection.url)?.host ?? '',
    });
  }

  /** Undefined until the first list has been read whole. */
  get inventory(): Inventory | undefined {
    return this.#inventory;
  }

  /** Why nothing is asked of it just now; undefined while it answers. */
  get fault(): PortError | undefined {
    return this.#rounds.fault;
  }

  /** The object whose status names the rule, be its marker there or overwritten. */
  holderOf(id: string): string | undefined {
    return this.namedHere(id) ?? this.#options.namedBeside(id);
  }

  /** The same among those that use this very connection. */
  namedHere(id: string): string | undefined {
    return this.#keyOfRule.get(id);
  }

  /** For how long it has been looked after. */
  get knownForMs(): number {
    return this.#options.monotonic() - this.#sinceMs;
  }

  get watched(): number {
    return this.#watches.size;
  }

  start(): void {
    this.#rounds.start();
  }

  stop(): void {
    this.#rounds.stop();
  }

  watch(key: string, watch: Watch): void {
    const before = this.#watches.get(key);
    if (before?.ruleId !== undefined && before.ruleId !== watch.ruleId) this.#keyOfRule.delete(before.ruleId);
    this.#watches.set(key, watch);
    if (watch.ruleId !== undefined) this.#keyOfRule.set(watch.ruleId, key);
    if (before?.resyncMs === watch.resyncMs) return;
    this.#count(watch.resyncMs, 1);
    if (before) this.#count(before.resyncMs, -1);
  }

  #count(resyncMs: number, by: 1 | -1): void {
    const count = (this.#intervals.get(resyncMs) ?? 0) + by;
    if (count > 0) this.#intervals.set(resyncMs, count);
    else this.#intervals.delete(resyncMs);
    if (count === (by === 1 ? 1 : 0)) this.#rounds.reschedule();
  }

  unwatch(key: string): void {
    const watch = this.#watches.get(key);
    if (!watch) return;
    if (watch.ruleId !== undefined) this.#keyOfRule.delete(watch.ruleId);
    this.#watches.delete(key);
    this.#count(watch.resyncMs, -1);
    // A write of unknown outcome stays one: the object may come back before the list that tells.
    for (const kept of [this.#awaiting, this.#askedMs]) kept.delete(key);
    this.lane.forget(key);
  }

  /** The key gets a turn once the list that is under way, or else the next one, has ended, well or not. */
  awaitList(key: string, priority: Priority): void {
    this.#awaiting.set(key, priority);
    if (!this.#rounds.listing) this.#rounds.ask();
  }

  /** Nobody knows whether a write for this key was carried out, or what became of it: until a list that begins later, or {@link settle}. */
  unsettle(key: string): void {
    this.#unsettled.set(key, this.#options.monotonic());
  }

  /**
   * Whether a list was read that began after this was first asked for the key; it is asked for. What is not in an older one may have been
   * made since.
   */
  listedSinceAsked(key: string, priority: Priority): boolean {
    const askedMs = this.#askedMs.get(key);
    if (askedMs !== undefined && this.#listBeganMs >= askedMs) return this.#askedMs.delete(key);
    if (askedMs === undefined) this.#askedMs.set(key, this.#options.monotonic());
    this.#awaiting.set(key, priority);
    this.#rounds.ask();
    return false;
  }

  /** The write is known to have been carried out. */
  settle(key: string): void {
    this.#unsettled.delete(key);
  }

  isUnsettled(key: string): boolean {
    return this.#unsettled.has(key);
  }

  /** Whether another write may join the lane. Whoever may not gets a turn when the lane has room. */
  admits(key: string, priority: Priority): boolean {
    return this.lane.admits(key, priority, () => this.#options.enqueue(key, priority));
  }

  /** Writes in the lane. Where SigNoz says when to come again, nobody writes before. */
  async write<T>(priority: Priority, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    let begun = false;
    const turn = this.lane.run(priority, signal, async () => {
      begun = true;
      try {
        return await this.rest.unless(work);
      } catch (err) {
        if (err instanceof PortError) this.#failed(err);
        throw err;
      }
    });
    return turn.catch(err => {
      if (begun || err instanceof PortError) throw err;
      throw new PortError('unavailable', 'Other writes to this SigNoz took all the time that there was', { cause: err });
    });
  }

  /** What it says of the connection is looked into by a list, before which the Secret is read again; not for each of many that fail. */
  #failed({ fault, retryAfterMs = UNTOLD_REST_MS }: PortError): void {
    if (fault === 'rate-limited') this.lane.rest(retryAfterMs);
    const now = this.#options.monotonic();
    if (!SUSPICIOUS.has(fault) || now - this.#suspectedMs < SUSPECTED_FOR_MS) return;
    this.#suspectedMs = now;
    this.#rounds.ask();
  }

  /** Asks for one rule. What it answers is known from then on. */
  async look(id: string, signal: AbortSignal): Promise<FoundRule> {
    const found = await this.#options.rules.get(this.connection, id, signal).catch(err => {
      if (err instanceof PortError) this.#failed(err);
      throw err;
    });
    if (found.is === 'found') this.#note(found.rule);
    else this.forgetRule(id);
    return found;
  }

  /** The rule is gone there. */
  forgetRule(id: string): void {
    this.#inventory?.drop(id);
    this.#seen.set(id, { atMs: this.#options.monotonic(), entry: undefined });
  }

  #note(rule: LiveRule): RuleEntry | undefined {
    const entry = this.#inventory?.see(rule);
    this.#seen.set(rule.id, { atMs: this.#options.monotonic(), entry });
    return entry;
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { rules, beforeList, monotonic, enqueue } = this.#options;
    await beforeList(signal);
    const beganMs = monotonic();
    const next = new Inventory({
      clusterId: this.#options.clusterId,
      keyOfRule: id => this.#keyOfRule.get(id),
      ignoredBy: key => this.#watches.get(key)?.ignore ?? [],
    });
    await rules.list(this.connection, rule => void next.see(rule), signal);
    const names = await rules.channelNames(this.connection, signal);
    this.channels.learn(names);
    this.#correct(next, beganMs);
    const changed = next.changedSince(this.#inventory);
    this.#inventory = next;
    this.#listBeganMs = beganMs;
    for (const [key, atMs] of this.#unsettled) if (atMs < beganMs) this.#unsettled.delete(key);
    for (const key of changed) if (this.#watches.has(key)) enqueue(key, 'low');
  }

  /** What was seen of single rules since the list began is newer than what the list says. */
  #correct(next: Inventory, beganMs: number): void {
    for (const [id, { atMs, entry }] of this.#seen) {
      if (atMs < beganMs) this.#seen.delete(id);
      else if (entry) next.put(entry);
      else next.drop(id);
    }
  }

  #wakeAwaiting(): void {
    const waiting = [...this.#awaiting];
    this.#awaiting.clear();
    for (const [key, priority] of waiting) this.#options.enqueue(key, priority);
  }

  #wakeAll(): void {
    for (const key of this.#watches.keys()) this.#options.enqueue(key, 'low');
  }
}
