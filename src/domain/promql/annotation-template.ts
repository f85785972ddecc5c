import { cut } from '../text/cut.ts';
import { type Pipeline, printedPipeline, printedStatement, printedTerm, type Statement, statementOf, type Term } from './go-pipeline.ts';
import { type Action, type Part, TemplateFault, templateParts } from './go-template.ts';
import type { Note, Refusal } from './note.ts';
import { type Reduced, reducedPipeline } from './template-reduction.ts';
import { ActionRefused, type Translating, templateScope } from './template-scope.ts';

/** A text may be as long as an object of Kubernetes, and all that is said of it goes into a condition. */
const MOST_REFUSALS = 10;
const LONGEST_SAID = 200;

export type TranslatedText =
  /** `units` are those in which SigNoz would show the value as the text did. */
  | { readonly ok: true; readonly text: string; readonly units: readonly string[]; readonly notes: readonly Note[] }
  | { readonly ok: false; readonly refusals: readonly Refusal[] };

/**
 * A label's or annotation's text as SigNoz expands it: functions on the value are left out, what SigNoz lacks is refused by name. With
 * `foreign` it was written for Prometheus, which takes a `$word` outside of braces for just that.
 */
export function translatedText(
  text: string,
  { field, foreign = false }: { readonly field: string; readonly foreign?: boolean },
): TranslatedText {
  const way: Translating = { field, foreign, scope: templateScope(), notes: [], refusals: [], units: new Set() };
  const fault = (error: unknown, at: string): void => {
    if (!(error instanceof ActionRefused || error instanceof TemplateFault)) throw error;
    const code = error instanceof ActionRefused ? error.code : 'InvalidTemplate';
    const said = `${cut(error.message, LONGEST_SAID)}${at === '' ? '' : ` (in ${cut(at, LONGEST_SAID)})`}`;
    way.refusals.push({ code, field, message: `${field}: ${said}` });
  };
  let written = '';
  try {
    for (const part of templateParts(text)) {
      if (way.refusals.length >= MOST_REFUSALS) break;
      try {
        written += partWritten(part, way);
      } catch (error) {
        fault(error, part.text);
      }
    }
    if (way.refusals.length === 0) way.scope.close();
  } catch (error) {
    fault(error, '');
  }
  if (way.refusals.length > 0) return { ok: false, refusals: way.refusals };
  return { ok: true, text: written, units: [...way.units], notes: way.notes };
}

function partWritten(part: Part, way: Translating): string {
  if (part.is === 'action') return actionWritten(part, way);
  // SigNoz looks for `$word` everywhere but in an action on one line.
  if (part.is === 'comment') return part.text.replaceAll(/\s*\n\s*/g, ' ');
  if (!way.foreign || !/\$\w/.test(part.text)) return part.text;
  const message = 'SigNoz takes a word after $ for the name of a label: the $ was put into braces';
  way.notes.push({ code: 'DollarEscaped', field: way.field, message });
  return part.text.replaceAll(/\$(?=\w)/g, '{{ "$$" }}');
}

function actionWritten(action: Action, way: Translating): string {
  const statement = statementOf(action.tokens);
  if (isLabelShorthand(statement, way) && !action.trimsLeft && !action.trimsRight) return `{{${printedStatement(statement)}}}`;
  const reduced = statement.pipeline && reducedIn(statement, { pipeline: statement.pipeline, way });
  if (reduced?.is === 'pieces') return piecesWritten(reduced.pieces, { action, way });
  way.scope.follow(statement, reduced?.kind ?? 'other');
  if (!reduced) return action.text;
  const inner = innerOf({ ...statement, pipeline: reduced.pipeline }, way);
  // On one line, because SigNoz reads an action over several as text.
  const stays = inner === printedStatement(statement) && !inner.startsWith('$') && !action.text.includes('\n');
  return stays ? action.text : braced(inner, action);
}

function innerOf(statement: Statement & { readonly pipeline: Pipeline }, way: Translating): string {
  const only = statement.keyword === '' ? onlyTerm(statement.pipeline) : undefined;
  return only ? outputOf(only, way) : printedStatement(statement);
}

function reducedIn(statement: Statement, { pipeline, way }: { pipeline: Pipeline; way: Translating }): Reduced {
  const { keyword } = statement;
  try {
    const reduced = reducedPipeline(pipeline, way);
    if (keyword !== '' && (reduced.is === 'pieces' || (reduced.kind === 'value' && !keyword.endsWith('with')))) {
      const message = `{{ ${keyword} }} asks for the value, which is a formatted text in SigNoz: leave the condition out`;
      throw new ActionRefused('ValueComputed', message);
    }
    return reduced;
  } catch (error) {
    // What follows is read as if it had been taken: one mistake is told once.
    if (pipeline.declares) way.scope.declare(pipeline.declares.names, 'other');
    way.scope.follow(statement, 'other');
    throw error;
  }
}

/** `{{$service.name}}`, which is SigNoz's own: the label of that name. */
function isLabelShorthand({ keyword, pipeline }: Statement, { foreign, scope }: Translating): boolean {
  const only = pipeline && onlyTerm(pipeline);
  if (foreign || keyword !== '' || only?.is !== 'operand' || !only.base.startsWith('$')) return false;
  return scope.variable(only.base) === undefined && !/^\$external(?:URL|Labels)$/.test(only.base);
}

function onlyTerm({ declares, commands }: Pipeline): Term | undefined {
  const [[only, ...more] = [], ...rest] = commands;
  return !declares && more.length === 0 && rest.length === 0 ? only : undefined;
}

type Trims = Pick<Action, 'trimsLeft' | 'trimsRight'>;

function piecesWritten(pieces: readonly (string | Term)[], { action, way }: { action: Action; way: Translating }): string {
  const written = pieces.map((piece, n) => {
    const trims = { trimsLeft: action.trimsLeft && n === 0, trimsRight: action.trimsRight && n === pieces.length - 1 };
    if (typeof piece === 'object') return braced(outputOf(piece, way), trims);
    return trims.trimsLeft || trims.trimsRight || piece.includes('{{') ? braced(JSON.stringify(piece), trims) : piece;
  });
  return written.join('');
}

/**
 * SigNoz takes an action of nothing but a variable for the name of a label, all of it, unless it is exactly {{$value}} or {{$threshold}}:
 * labels are written by the dot, other variables in parentheses.
 */
function outputOf(term: Term, way: Translating): string {
  if (term.is === 'group' && term.fields.length === 0) {
    const only = onlyTerm(term.pipeline);
    return only ? outputOf(only, way) : printedPipeline(term.pipeline);
  }
  const printed = printedTerm(term);
  if (term.is !== 'operand' || term.base === '' || term.base === '$externalLabels') return printed;
  if (printed === '$value' || printed === '$threshold') return printed;
  if (term.base !== '$labels' || term.fields.length === 0) return `(${printed})`;
  const name = term.fields.join('.');
  return way.scope.dot() === 'data' ? `.Labels.${name}` : `index $labels "${name}"`;
}

function braced(inner: string, { trimsLeft, trimsRight }: Trims): string {
  if (!trimsLeft && !trimsRight && (inner === '$value' || inner === '$threshold')) return `{{${inner}}}`;
  return `{{${trimsLeft ? '-' : ''} ${inner} ${trimsRight ? '-' : ''}}}`;
}
