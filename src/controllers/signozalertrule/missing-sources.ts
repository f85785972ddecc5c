import { type ConnectionSource, type Connections, nameOf, type ResolvedConnection } from './connections.ts';

/** How soon a Secret that is missing, or says something wrong, is looked for again. */
const RECHECK_MS = 10_000;

export interface MissingSourcesOptions {
  readonly connections: Connections;
  readonly enqueue: (key: string, priority: 'low') => void;
}

interface Missing {
  readonly source: ConnectionSource;
  /** What its objects were told. */
  readonly said: string;
  readonly keys: Set<string>;
}

/**
 * Objects whose source leads to no SigNoz. Each source is read again for all of its objects together, however many they are, and they get a
 * turn once it says something else.
 */
export class MissingSources {
  readonly #options: MissingSourcesOptions;
  readonly #missing = new Map<string, Missing>();
  readonly #sourceOf = new Map<string, string>();
  #over = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: MissingSourcesOptions) {
    this.#options = options;
  }

  add(key: string, source: ConnectionSource, resolved: ResolvedConnection): void {
    this.forget(key);
    const [name, said] = [nameOf(source), saidBy(resolved)];
    if (this.#missing.has(name) && this.#missing.get(name)?.said !== said) this.#wake(name);
    const missing = this.#missing.get(name) ?? { source, said, keys: new Set() };
    this.#missing.set(name, missing);
    missing.keys.add(key);
    this.#sourceOf.set(key, name);
    this.#timer ??= this.#armed();
  }

  forget(key: string): void {
    const name = this.#sourceOf.get(key);
    if (name === undefined) return;
    this.#sourceOf.delete(key);
    const keys = this.#missing.get(name)?.keys;
    keys?.delete(key);
    if (keys?.size === 0) this.#missing.delete(name);
  }

  stop(): void {
    this.#over.abort();
    this.#over = new AbortController();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#missing.clear();
    this.#sourceOf.clear();
  }

  #armed(): NodeJS.Timeout {
    return setTimeout(() => void this.#look(), RECHECK_MS);
  }

  async #look(): Promise<void> {
    const { signal } = this.#over;
    for (const [name, { source, said }] of this.#missing) {
      // An API server that does not answer says nothing of the Secret.
      const resolved = await this.#options.connections.refresh(source, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (resolved && saidBy(resolved) !== said) this.#wake(name);
    }
    this.#timer = this.#missing.size > 0 ? this.#armed() : undefined;
  }

  #wake(name: string): void {
    for (const key of this.#missing.get(name)?.keys ?? []) {
      this.#sourceOf.delete(key);
      this.#options.enqueue(key, 'low');
    }
    this.#missing.delete(name);
  }
}

function saidBy(resolved: ResolvedConnection): string {
  return resolved.is === 'missing' ? `${resolved.reason}: ${resolved.message}` : 'found';
}
