import type { Priority } from './ready-keys.ts';

interface Entry {
  readonly key: string;
  readonly due: number;
}

interface Kept {
  readonly due: number;
  readonly priority: Priority;
}

/**
 * Keys with the time at which each falls due, one per key: the earliest wins, and so does the higher level. All operations
 * are O(log n) or better.
 */
export class DelayHeap {
  readonly #due = new Map<string, Kept>();
  #heap: Entry[] = [];

  get size(): number {
    return this.#due.size;
  }

  /** The earliest time at which a key falls due. */
  get next(): number | undefined {
    this.#dropStale();
    return this.#heap[0]?.due;
  }

  /** Keeps the earlier of this time and one already kept for the key, and the higher of both levels. */
  add(key: string, due: number, asked: Priority): void {
    const kept = this.#due.get(key);
    const priority = kept?.priority === 'normal' ? 'normal' : asked;
    const isKept = kept !== undefined && kept.due <= due;
    this.#due.set(key, { due: isKept ? kept.due : due, priority });
    if (isKept) return;
    // A superseded entry stays in the heap until it surfaces; rebuilding now and then bounds how many there are.
    if (this.#heap.length > 2 * this.#due.size + 64) this.#rebuild();
    else this.#push({ key, due });
  }

  delete(key: string): void {
    this.#due.delete(key);
  }

  clear(): void {
    this.#due.clear();
    this.#heap = [];
  }

  /** Takes out one key that is due by then, the earliest first. */
  take(now: number): { readonly key: string; readonly priority: Priority } | undefined {
    this.#dropStale();
    const first = this.#heap[0];
    if (!first || first.due > now) return undefined;
    const { key } = first;
    const priority = this.#due.get(key)?.priority ?? 'normal';
    this.#pop();
    this.#due.delete(key);
    return { key, priority };
  }

  #dropStale(): void {
    for (let first = this.#heap[0]; first && this.#due.get(first.key)?.due !== first.due; first = this.#heap[0]) this.#pop();
  }

  #rebuild(): void {
    this.#heap = [...this.#due].map(([key, { due }]) => ({ key, due })).toSorted((a, b) => a.due - b.due);
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (!parent || parent.due <= entry.due) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const child = this.#smallerChild(at);
      const entry = heap[child];
      if (!entry || entry.due >= last.due) break;
      heap[at] = entry;
      at = child;
    }
    heap[at] = last;
  }

  #smallerChild(at: number): number {
    const left = 2 * at + 1;
    const [a, b] = [this.#heap[left], this.#heap[left + 1]];
    return a && b && b.due < a.due ? left + 1 : left;
  }
}
