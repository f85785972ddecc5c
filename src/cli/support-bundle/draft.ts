import { PortError } from '../../domain/ports/port-error.ts';
import { type Disclosing, disclosed } from '../../domain/support/disclosed.ts';
import { type KnownVariable, variablesByName } from '../../domain/support/environment.ts';
import { tellingWords } from '../../domain/support/telling-words.ts';

/** What was collected, before it is masked: only when all of it is there is it known what the secrets are. */
export interface Collected {
  readonly path: string;
  readonly content: { readonly is: 'json'; readonly value: unknown } | { readonly is: 'text'; readonly text: string };
  readonly notes: readonly string[];
}

/** What could not be collected, and why. */
export interface Shortfall {
  readonly part: string;
  readonly problem: string;
}

export interface DraftOptions {
  readonly variables: readonly KnownVariable[];
  /** Secrets that are known from the start. */
  readonly secrets: readonly string[];
  /** Told of each part when it is begun. */
  readonly begun: (part: string) => void;
  /** Aborts when the person has had enough. */
  readonly signal: AbortSignal;
  /** Aborts when the time for all of it is over. */
  readonly late: AbortSignal;
}

export interface Draft {
  readonly files: readonly Collected[];
  readonly shortfalls: readonly Shortfall[];
  readonly secrets: ReadonlySet<string>;
  /** How many attempts brought something. */
  readonly answered: number;
  /** What is a secret by its name or place is left out at once. */
  json(path: string, value: unknown, notes?: readonly string[]): void;
  text(path: string, text: string, notes?: readonly string[]): void;
  short(part: string, problem: string): void;
  /** Undefined where it failed, which is then told; throws only when the person has had enough. */
  attempt<T>(part: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined>;
}

export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

export function draft({ variables, secrets: given, begun, signal, late }: DraftOptions): Draft {
  const files: Collected[] = [];
  const shortfalls: Shortfall[] = [];
  const secrets = new Set(given.flatMap(tellingWords));
  const how: Disclosing = { variables: variablesByName(variables), found: secret => void secrets.add(secret) };
  let answered = 0;
  const short = (part: string, problem: string): void => void shortfalls.push({ part, problem });
  return {
    files,
    shortfalls,
    secrets,
    short,
    get answered() {
      return answered;
    },
    json: (path, value, notes = []) => void files.push({ path, content: { is: 'json', value: disclosed(value, how) }, notes }),
    text: (path, text, notes = []) => void files.push({ path, content: { is: 'text', text }, notes }),
    async attempt(part, work) {
      if (signal.aborted) throw new Interrupted('interrupted');
      if (late.aborted) {
        short(part, TIME_WAS_UP);
        return undefined;
      }
      begun(part);
      try {
        const done = await work(AbortSignal.any([signal, late]));
        answered += 1;
        return done;
      } catch (err) {
        if (signal.aborted) throw new Interrupted('interrupted', { cause: err });
        if (!(err instanceof PortError)) throw err;
        short(part, late.aborted ? TIME_WAS_UP : `${err.message}${adviceFor(err)}`);
        return undefined;
      }
    },
  };
}

const TIME_WAS_UP = 'the time was up before its turn had come or ended; give a longer --timeout, or fewer namespaces';

function adviceFor({ fault }: PortError): string {
  if (fault === 'forbidden') return '; docs/support-bundle.md lists the rights: ask for them, or have somebody run this who has them';
  if (fault === 'unauthorized') return '; sign in anew, or name another kubeconfig by KUBECONFIG';
  return '';
}
