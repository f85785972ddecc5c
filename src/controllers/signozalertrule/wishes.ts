import type { SignozAlertRule } from '../../crds/signozalertrule/kind.ts';
import type { Wanted } from '../../domain/rule/wanted-rule.ts';
import { keyOf } from './turn.ts';

type Wish = Extract<Wanted, { ok: true }>;

/** What is kept of it: ten thousand are held, and their bodies would weigh. */
interface Known extends Pick<Wish, 'name' | 'hash' | 'channels'> {
  readonly uid: string;
  readonly generation: number;
}

/**
 * What objects ask for, worked out once for each generation: a look at ten thousand objects of which nobody changed one must not read ten
 * thousand queries again. The rule itself is worked out anew where it is to be written or compared.
 */
export class Wishes {
  readonly #work: (rule: SignozAlertRule) => Wanted;
  readonly #known = new Map<string, Known>();

  constructor(work: (rule: SignozAlertRule) => Wanted) {
    this.#work = work;
  }

  of(rule: SignozAlertRule): Wanted {
    const key = keyOf(rule);
    const { uid, generation } = rule.metadata;
    const known = this.#known.get(key);
    if (known?.uid === uid && known.generation === generation) return this.#again(rule, known);
    const wanted = this.#work(rule);
    if (wanted.ok) this.#known.set(key, { uid, generation, name: wanted.name, hash: wanted.hash, channels: wanted.channels });
    else this.#known.delete(key);
    return wanted;
  }

  forget(key: string): void {
    this.#known.delete(key);
  }

  clear(): void {
    this.#known.clear();
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

/** Of the same generation it was right before. */
function workedOut(wanted: Wanted): Wish {
  if (wanted.ok) return wanted;
  throw new Error(`a rule that could be worked out before cannot be any more: ${wanted.message}`);
}
