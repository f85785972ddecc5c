export interface BucketPolicy {
  readonly burst: number;
  /** One token comes back every so often. */
  readonly refillMs: number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** A token bucket per key, at most `capacity` of them: the one unused for longest makes room. */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();
  readonly #policy: BucketPolicy;
  readonly #capacity: number;

  constructor(policy: BucketPolicy, capacity = 4096) {
    this.#policy = policy;
    this.#capacity = capacity;
  }

  /** Takes a token of that key where there is one. `now` is monotonic, in milliseconds. */
  take(key: string, now: number): boolean {
    const { burst, refillMs } = this.#policy;
    const bucket = this.#buckets.get(key) ?? { tokens: burst, at: now };
    bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) / refillMs);
    bucket.at = now;
    // Taken out and put back: a Map keeps the order of insertion, so the first is the one unused for longest.
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#capacity) this.#evict();
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #evict(): void {
    const [oldest] = this.#buckets.keys();
    if (oldest !== undefined) this.#buckets.delete(oldest);
  }
}
