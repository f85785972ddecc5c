import { translatedText } from './annotation-template.ts';
import type { Note, Refusal } from './note.ts';
import { signozName } from './signoz-name.ts';

type Texts = Readonly<Record<string, string>>;

interface ForeignTexts {
  readonly texts: Texts;
  readonly notes: readonly Note[];
  readonly refusals: readonly Refusal[];
}

/** Labels or annotations with names that SigNoz takes; two that would have the same one are refused. */
export function withSignozNames(map: 'labels' | 'annotations', given: Texts): ForeignTexts {
  const taken = new Map<string, string>();
  const notes: Note[] = [];
  const refusals: Refusal[] = [];
  for (const name of Object.keys(given)) {
    const known = signozName(name);
    const field = `${map}.${name}`;
    const other = taken.get(known);
    if (other !== undefined) {
      refusals.push({
        code: 'LabelCollision',
        field,
        message: `${field}: SigNoz has one name, ${known}, for this and for ${other}: rename one of them`,
      });
    }
    if (known !== name)
      notes.push({ code: 'LabelRenamed', field, message: `${name} became ${known}: SigNoz takes letters, digits, _ and . in a name` });
    taken.set(known, name);
  }
  return { texts: Object.fromEntries([...taken].map(([known, name]) => [known, given[name] ?? ''])), notes, refusals };
}

/** The texts as SigNoz expands them, and the units in which it would show the value as they did. */
export function translatedTexts(map: 'labels' | 'annotations', given: Texts): ForeignTexts & { readonly units: readonly string[] } {
  const results = Object.entries(given).map(([name, text]) => ({
    name,
    result: translatedText(text, { field: `${map}.${name}`, foreign: true }),
  }));
  return {
    texts: Object.fromEntries(results.flatMap(({ name, result }) => (result.ok ? [[name, result.text]] : []))),
    units: results.flatMap(({ result }) => (result.ok ? result.units : [])),
    notes: results.flatMap(({ result }) => (result.ok ? result.notes : [])),
    refusals: results.flatMap(({ result }) => (result.ok ? [] : result.refusals)),
  };
}
