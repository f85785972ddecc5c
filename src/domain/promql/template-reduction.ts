import type { Command, Pipeline, Term } from './go-pipeline.ts';
import { computes, isKnownFunction, unitAskedBy } from './template-functions.ts';
import { operandRead, type Reading, renamed } from './template-operand.ts';
import { type Piece, printfPieces } from './template-printf.ts';
import { ActionRefused, type Kind, type Translating } from './template-scope.ts';

/** A pipeline without the functions on the value; pieces where a `printf` had text around it. */
export type Reduced =
  | { readonly is: 'pipeline'; readonly pipeline: Pipeline; readonly kind: Kind }
  | { readonly is: 'pieces'; readonly pieces: readonly Piece[] };

/** In SigNoz the value and the threshold are texts, formatted by the unit of the query: what was done to the number is left out. */
export function reducedPipeline({ declares, commands }: Pipeline, way: Translating): Reduced {
  let done: readonly Command[] = [];
  let kind: Kind = 'other';
  for (const [n, command] of commands.entries()) {
    const result = reducedCommand(command, { piped: n === 0 ? undefined : { term: termOf({ commands: done }), kind }, way });
    if (result.is === 'pieces') {
      if (n === commands.length - 1 && !declares) return result;
      throw composed();
    }
    kind = result.kind;
    done = result.whole || n === 0 ? [result.command] : [...done, result.command];
  }
  if (declares) way.scope.declare(declares.names, declares.names.length === 1 ? kind : 'other');
  return { is: 'pipeline', pipeline: { ...(declares && { declares }), commands: done }, kind };
}

/** `whole`: it stands for all of the pipeline before it. */
type ReducedCommand =
  | { readonly is: 'command'; readonly command: Command; readonly kind: Kind; readonly whole?: true }
  | Extract<Reduced, { is: 'pieces' }>;

function reducedCommand(command: Command, { piped, way }: { piped: Reading | undefined; way: Translating }): ReducedCommand {
  const [head, ...args] = command.map(term => reducedTerm(term, way));
  if (!head) throw new ActionRefused('InvalidTemplate', 'an action is empty: remove it');
  if (head.term.is !== 'word') {
    if (args.length === 0 && !piped) return { is: 'command', command: [head.term], kind: head.kind };
    throw new ActionRefused(
      'InvalidTemplate',
      'an argument is given to something that is no function: write a function before it, or remove it',
    );
  }
  const { name } = head.term;
  const all = [...args, ...(piped ? [piped] : [])];
  const onValue = all.some(({ kind }) => kind === 'value');
  if (!isKnownFunction(name) && !(onValue && unitAskedBy(name) !== undefined)) throw unknownFunction(name);
  if (onValue) return withoutFunction(name, { args: all, way });
  const kept = name === 'index' ? indexed(args, way) : args.map(({ term }) => term);
  return { is: 'command', command: [head.term, ...kept], kind: 'other' };
}

function withoutFunction(name: string, { args, way }: { args: readonly Reading[]; way: Translating }): ReducedCommand {
  if (computes(name)) {
    const message = `${name} is applied to the value, which is a formatted text in SigNoz: put what it decides into the expression, or leave it out`;
    throw new ActionRefused('ValueComputed', message);
  }
  const pieces = name === 'printf' ? printfPieces(args) : args.map(({ term }) => term);
  const values = args.filter(({ kind }) => kind === 'value');
  const unit = unitAskedBy(name);
  if (unit !== undefined) way.units.add(unit);
  const message = `${name} was left out: in SigNoz the value is already a text, formatted by the unit of the query`;
  way.notes.push({ code: 'FunctionDropped', field: way.field, message });
  if (name === 'reReplaceAll') return { is: 'command', command: values.map(({ term }) => term).slice(0, 1), kind: 'value', whole: true };
  const [only] = pieces;
  if (pieces.length === 1 && typeof only === 'object')
    return { is: 'command', command: [only], kind: values.some(({ term }) => term === only) ? 'value' : 'other', whole: true };
  if (name === 'printf') return { is: 'pieces', pieces };
  throw composed();
}

function reducedTerm(term: Term, way: Translating): Reading {
  switch (term.is) {
    case 'operand':
      return operandRead(term, way);
    case 'group':
      return reducedGroup(term, way);
    case 'word':
      if (!isKnownFunction(term.name) && unitAskedBy(term.name) === undefined) throw unknownFunction(term.name);
      return { term, kind: 'other' };
    case 'literal':
      return { term, kind: 'other' };
  }
}

function reducedGroup({ pipeline, fields }: Extract<Term, { is: 'group' }>, way: Translating): Reading {
  const reduced = reducedPipeline(pipeline, way);
  if (reduced.is === 'pieces') throw composed();
  const { kind } = reduced;
  if (fields.length === 0)
    return { term: kind === 'value' ? termOf(reduced.pipeline) : { is: 'group', pipeline: reduced.pipeline, fields }, kind };
  return { term: { is: 'group', pipeline: reduced.pipeline, fields }, kind: 'other' };
}

/** `index $labels "a-b"`: the label has another name there. */
function indexed(args: readonly Reading[], way: Translating): readonly Term[] {
  const [map, key] = args;
  if (map?.kind !== 'labels' || key?.term.is !== 'literal') return args.map(({ term }) => term);
  const name = key.term.text.slice(1, -1);
  return [map.term, { is: 'literal', text: `"${renamed(name, way)}"` }];
}

function termOf(pipeline: Pipeline): Term {
  const [[only, ...more] = [], ...rest] = pipeline.commands;
  return only && more.length === 0 && rest.length === 0 ? only : { is: 'group', pipeline, fields: [] };
}

function unknownFunction(name: string): ActionRefused {
  return new ActionRefused('UnknownFunction', `SigNoz has no template function ${name}: remove it, or write its text by hand`);
}

function composed(): ActionRefused {
  return new ActionRefused(
    'ValueComputed',
    'a text is made of the value within an expression: write the text and {{$value}} one after another',
  );
}
