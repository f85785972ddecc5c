import { RULE_FINALIZER, type SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import type { Wanted } from '../../domain/rule/wanted-rule.ts';
import { keyOf } from './turn.ts';

type Wish = Extract<Wanted, { ok: true }>;

/** What is kept of it: ten thousand are held, and their bodies would weigh. */
interface Known extends Pick<Wish, 'name' | 'hash' | 'channels'> {
  readonly uid: string;
  readonly generation: number;
}

/** So many rules are kept whole, of so many characters at most. */
const MOST_WHOLE = 1_000;
const LONGEST_WHOLE = 4_096;

/**
 * What objects ask for, worked out once for each generation: a look at ten thousand objects of which nobody changed one must not read ten
 * thousand queries again. The rule itself is worked out anew where it is to be written or compared.
 */
export class Wishes {
  readonly #work: (rule: SignozAlertRule) => Wanted;
  readonly #known = new Map<string, Known>();
  /** Rules of objects that are yet to be claimed: the turn after that writes them. */
  readonly #unclaimed = new Map<string, Wish>();

  constructor(work: (rule: SignozAlertRule) => Wanted) {
    this.#work = work;
  }

  of(rule: SignozAlertRule): Wanted {
    const key = keyOf(rule);
    const { uid, generation } = rule.metadata;
    const known = this.#known.get(key);
    if (known?.uid === uid && known.generation === generation) return this.#whole(rule) ?? this.#again(rule, known);
    this.forget(key);
    const wanted = this.#work(rule);
    if (wanted.ok) this.#keep(rule, wanted);
    return wanted;
  }

  forget(key: string): void {
    this.#known.delete(key);
    this.#unclaimed.delete(key);
  }

  clear(): void {
    this.#known.clear();
    this.#unclaimed.clear();
  }

  #keep(rule: SignozAlertRule, wish: Wish): void {
    const key = keyOf(rule);
    const { uid, generation } = rule.metadata;
    this.#known.set(key, { uid, generation, name: wish.name, hash: wish.hash, channels: wish.channels });
    if (isClaimed(rule) || JSON.stringify(wish.body).length > LONGEST_WHOLE) return;
    this.#unclaimed.set(key, wish);
    const [oldest] = this.#unclaimed.keys();
    if (this.#unclaimed.size > MOST_WHOLE && oldest !== undefined) this.#unclaimed.delete(oldest);
  }

  #whole(rule: SignozAlertRule): Wish | undefined {
    const key = keyOf(rule);
    const wish = this.#unclaimed.get(key);
    if (isClaimed(rule)) this.#unclaimed.delete(key);
    return wish;
  }

  #again(rule: SignozAlertRule, { name, hash, channels }: Known): Wish {
    let made: Wish | undefined;
    const whole = (): Wish => {
      made ??= workedOut(this.#work(rule));
      return made;
    };
    return {
      ok: true,
      name,
      hash,
      channels,
      get body() {
        return whole().body;
      },
      get normal() {
        return whole().normal;
      },
    };
  }
}

function isClaimed({ metadata }: SignozAlertRule): boolean {
  return metadata.finalizers?.includes(RULE_FINALIZER) ?? false;
}

/** Of the same generation it was right before. */
function workedOut(wanted: Wanted): Wish {
  if (wanted.ok) return wanted;
  throw new Error(`a rule that could be worked out before cannot be any more: ${wanted.message}`);
}
