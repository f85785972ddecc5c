import { parsedJson } from '../text/json.ts';
import type { Term } from './go-pipeline.ts';
import type { Reading } from './template-operand.ts';
import { ActionRefused } from './template-scope.ts';

/** Text, or a term that is written out. */
export type Piece = string | Term;

const VERB = /%(?:%|[-+# 0]*[\d.*]*[a-zA-Z])/g;

/** What `printf` would have written, as texts and terms one after another: the value needs no verb any more. */
export function printfPieces([format, ...args]: readonly Reading[]): readonly Piece[] {
  const text = format?.term.is === 'literal' ? unquoted(format.term.text) : undefined;
  if (text === undefined) {
    throw new ActionRefused(
      'ValueComputed',
      'printf is applied to the value with a format that is no plain quoted text: write the text and {{$value}} one after another',
    );
  }
  const pieces: Piece[] = [];
  const rest = [...args];
  let at = 0;
  for (const { 0: verb, index } of text.matchAll(VERB)) {
    pieces.push(text.slice(at, index));
    at = index + verb.length;
    pieces.push(verb === '%%' ? '%' : argument(verb, rest.shift()));
  }
  pieces.push(text.slice(at));
  return mergedTexts(pieces);
}

function argument(verb: string, given: Reading | undefined): Piece {
  if (!given || verb.includes('*')) throw new ActionRefused('InvalidTemplate', `printf has no argument for ${verb}: give it one`);
  if (given.kind === 'value' || verb === '%s' || verb === '%v') return given.term;
  const command: Term[] = [{ is: 'word', name: 'printf' }, { is: 'literal', text: JSON.stringify(verb) }, given.term];
  return { is: 'group', pipeline: { commands: [command] }, fields: [] };
}

function mergedTexts(pieces: readonly Piece[]): readonly Piece[] {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') merged[merged.length - 1] = last + piece;
    else merged.push(piece);
  }
  return merged.filter(piece => piece !== '');
}

function unquoted(literal: string): string | undefined {
  if (literal.startsWith('`')) return literal.slice(1, -1);
  const text = parsedJson(literal);
  return typeof text === 'string' ? text : undefined;
}
