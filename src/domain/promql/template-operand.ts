import type { Term } from './go-pipeline.ts';
import { ActionRefused, type Kind, type Translating } from './template-scope.ts';

type Operand = Extract<Term, { is: 'operand' }>;

/** A term as SigNoz takes it, and what it stands for. */
export interface Reading {
  readonly term: Term;
  readonly kind: Kind;
}

/** SigNoz knows a label by its name with each other character replaced. */
function templateLabel(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, '_');
}

export function operandRead(term: Operand, way: Translating): Reading {
  const { base, fields } = term;
  if (base === '$externalURL') return { term: { is: 'word', name: 'externalURL' }, kind: 'other' };
  if (base === '$externalLabels' && way.scope.variable(base) === undefined) return external(term, way);
  const kind = base === '' ? way.scope.dot() : way.scope.variable(base);
  if (kind === undefined) {
    throw new ActionRefused('UnknownVariable', `the variable ${base} is declared nowhere: SigNoz knows $labels, $value and $threshold`);
  }
  if (fields.length === 0) return { term, kind };
  if (kind === 'labels') return { term: { ...term, fields: [joined(fields, way)] }, kind: 'other' };
  if (kind === 'data') return fieldOfData(term, way);
  if (kind === 'value')
    throw new ActionRefused('UnknownField', `.${fields.join('.')} is asked of the value, which is a text in SigNoz: write the value alone`);
  return { term, kind: 'other' };
}

function fieldOfData(term: Operand, way: Translating): Reading {
  const [first = '', ...names] = term.fields;
  if (first === 'ExternalURL') return { term: { is: 'word', name: 'externalURL' }, kind: 'other' };
  if (first === 'Labels' && names.length > 0) return { term: { ...term, fields: [first, joined(names, way)] }, kind: 'other' };
  if (first === 'Labels') return { term, kind: 'labels' };
  if (first === 'Value' || first === 'Threshold') return { term, kind: 'value' };
  throw new ActionRefused('UnknownField', `.${first} is nothing that SigNoz gives to a template: it gives .Labels, .Value and .Threshold`);
}

function external(term: Operand, { notes, field }: Translating): Reading {
  const message = 'SigNoz has no external labels: $externalLabels is taken, and is empty in every notification';
  notes.push({ code: 'NoExternalLabels', field, message });
  return { term, kind: 'other' };
}

/** `$labels.a.b` asks Go for a field of a text; SigNoz has that label as `a_b`. */
function joined(names: readonly string[], way: Translating): string {
  return renamed(names.join('.'), way);
}

export function renamed(name: string, { notes, field }: Translating): string {
  const known = templateLabel(name);
  if (known !== name) {
    notes.push({ code: 'LabelRenamed', field, message: `the label ${name} is written ${known}: so SigNoz names it in its templates` });
  }
  return known;
}
