import type { VariableFacts } from './variable.ts';

const OURS = /^(AWOOOI|TG)_/;
/** What Kubernetes sets for a Service of our name. */
const SERVICE_LINK = /_SERVICE_|_PORT/;

/** Names that begin as ours do and are none of them, which nobody would notice: a sentence for each, with the nearest that there is. */
export function unknownNames(names: readonly string[], variables: readonly VariableFacts[]): readonly string[] {
  const known = new Set(variables.flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env])));
  const shown = variables.filter(({ hidden }) => !hidden).flatMap(({ env, secret }) => (secret ? [env, `${env}_FILE`] : [env]));
  return names
    .filter(name => OURS.test(name) && !SERVICE_LINK.test(name) && !known.has(name))
    .toSorted()
    .map(name => `${name} is not read: did you mean ${nearest(name, shown)}?`);
}

function nearest(name: string, known: readonly string[]): string {
  const byDistance = known.map(each => ({ each, away: distance(name, each) })).toSorted((a, b) => a.away - b.away);
  return byDistance[0]?.each ?? '';
}

/** How many letters have to be put in, taken out or replaced. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (const [i, letter] of Array.from(from).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(to).entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
