import type { Bench } from './result.ts';

export type Choice = { readonly ok: true; readonly benches: readonly Bench[] } | { readonly ok: false; readonly problem: string };

/** The benches that `ONLY` names, separated by commas; all of them where it is empty. A name that is none is said with those that are. */
export function chosen(only: string, benches: readonly Bench[]): Choice {
  const names = only
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
  const unknown = names.filter(name => !benches.some(bench => bench.name === name));
  if (unknown.length > 0) {
    const known = benches.map(({ name }) => name).join(', ');
    return { ok: false, problem: `There is no bench ${unknown.join(', ')}. ONLY may name, separated by commas: ${known}.` };
  }
  return { ok: true, benches: names.length === 0 ? benches : benches.filter(({ name }) => names.includes(name)) };
}
