import type { SignozConnection } from '../../domain/ports/signoz-rules.ts';
import type { Priority } from '../../kube/ready-keys.ts';
import { type ConnectionSource, type Connections, nameOf, type ResolvedConnection } from './connections.ts';
import { Departures } from './departures.ts';
import { Lane } from './lane.ts';
import { MissingSources } from './missing-sources.ts';
import { Signoz, type SignozOptions, type Watch } from './signoz.ts';

export interface SignozesOptions extends Omit<SignozOptions, 'connection' | 'lane' | 'beforeList' | 'namedBeside'> {
  readonly connections: Connections;
}

interface Bound {
  readonly signoz: Signoz;
  readonly source: ConnectionSource;
}

/** Every SigNoz that objects are bound to, one for each connection, whichever Secrets it is written in. */
export class Signozes {
  readonly departures: Departures;
  readonly #options: SignozesOptions;
  readonly #bySecret = new Map<string, Signoz>();
  readonly #lanes = new Map<string, Lane>();
  readonly #bound = new Map<string, Bound>();
  readonly #missing: MissingSources;

  constructor(options: SignozesOptions) {
    this.#options = options;
    this.departures = new Departures(options.monotonic);
    this.#missing = new MissingSources(options);
  }

  /** The SigNoz of a connection, from now on looked at for this object, and no longer another one. */
  bind(key: string, to: { connection: SignozConnection; source: ConnectionSource; watch: Watch }): Signoz {
    const signoz = this.#of(to.connection);
    if (this.#bound.get(key)?.signoz !== signoz) this.release(key);
    this.#bound.set(key, { signoz, source: to.source });
    signoz.watch(key, to.watch);
    return signoz;
  }

  /** The object gets a turn once its source says something else. */
  awaitSource(key: string, source: ConnectionSource, resolved: ResolvedConnection): void {
    this.#missing.add(key, source, resolved);
  }

  /** How many objects have their rules at this URL, whichever keys they use. */
  watchedAt(url: string): number {
    return [...this.#bySecret.values()].filter(({ connection }) => connection.url === url).reduce((sum, { watched }) => sum + watched, 0);
  }

  /** Where writes to this URL wait for their turn. */
  laneOf(url: string): Lane {
    const lane = this.#lanes.get(url) ?? new Lane(this.#options.monotonic);
    this.#lanes.set(url, lane);
    return lane;
  }

  release(key: string): void {
    const signoz = this.#bound.get(key)?.signoz;
    this.#bound.delete(key);
    this.#missing.forget(key);
    signoz?.unwatch(key);
    if (signoz?.watched === 0) this.#end(signoz);
  }

  stop(): void {
    for (const running of [...this.#bySecret.values(), ...this.#lanes.values(), this.#missing]) running.stop();
    for (const known of [this.#bySecret, this.#lanes, this.#bound]) known.clear();
  }

  #of(connection: SignozConnection): Signoz {
    const id = idOf(connection);
    const known = this.#bySecret.get(id);
    if (known) return known;
    const signoz: Signoz = new Signoz({
      ...this.#options,
      connection,
      lane: this.laneOf(connection.url),
      beforeList: signal => this.#recheck(signoz, signal),
      namedBeside: rule => this.#namedAt(connection.url, rule),
    });
    this.#bySecret.set(id, signoz);
    signoz.start();
    return signoz;
  }

  #namedAt(url: string, rule: string): string | undefined {
    for (const signoz of this.#bySecret.values()) {
      const key = signoz.connection.url === url ? signoz.namedHere(rule) : undefined;
      if (key !== undefined) return key;
    }
    return undefined;
  }

  #end(signoz: Signoz): void {
    signoz.stop();
    this.#bySecret.delete(idOf(signoz.connection));
  }

  /** Secrets that led here are read again: those of their objects that now belong elsewhere get a turn. */
  async #recheck(signoz: Signoz, signal: AbortSignal): Promise<void> {
    const sources = new Map<string, ConnectionSource>();
    for (const bound of this.#bound.values()) if (bound.signoz === signoz) sources.set(nameOf(bound.source), bound.source);
    for (const source of sources.values()) {
      // An API server that does not answer says nothing of SigNoz: what was known stands.
      const resolved = await this.#options.connections.refresh(source, signal).catch(() => undefined);
      if (!resolved) continue;
      if (resolved.is !== 'found' || idOf(resolved.connection) !== idOf(signoz.connection)) this.#wake(signoz, source);
    }
  }

  #wake(signoz: Signoz, source: ConnectionSource): void {
    const priority: Priority = 'low';
    for (const [key, bound] of this.#bound) {
      if (bound.signoz === signoz && nameOf(bound.source) === nameOf(source)) this.#options.enqueue(key, priority);
    }
  }
}

/** In memory alone: it holds the key. */
function idOf({ url, apiKey, caBundle }: SignozConnection): string {
  return JSON.stringify([url, apiKey, caBundle]);
}
