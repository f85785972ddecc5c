import { TemplateFault, type Token } from './go-template.ts';

export interface Pipeline {
  /** `$x :=`, or two of them in a range; the names with their `$`. */
  readonly declares?: { readonly names: readonly string[]; readonly sign: string };
  readonly commands: readonly Command[];
}

/** A function and its arguments, or a single operand. */
export type Command = readonly Term[];

export type Term =
  /** A function, or one of true, false and nil. */
  | { readonly is: 'word'; readonly name: string }
  | { readonly is: 'literal'; readonly text: string }
  /** `$x.a.b` or `.a.b`; the base is empty for what hangs on the dot. */
  | { readonly is: 'operand'; readonly base: string; readonly fields: readonly string[] }
  | { readonly is: 'group'; readonly pipeline: Pipeline; readonly fields: readonly string[] };

/** What an action says: nothing but a pipeline is an output. */
export interface Statement {
  readonly keyword:
    | ''
    | 'if'
    | 'else'
    | 'else if'
    | 'else with'
    | 'end'
    | 'range'
    | 'with'
    | 'define'
    | 'template'
    | 'block'
    | 'break'
    | 'continue';
  /** Of define, template and block, as it is quoted. */
  readonly name?: string;
  readonly pipeline?: Pipeline;
}

const PLAIN = ['if', 'range', 'with'] as const;
const NAMED = ['define', 'template', 'block'] as const;
const ALONE = ['end', 'break', 'continue'] as const;

/** Reads the inside of an action, or throws a {@link TemplateFault}. */
export function statementOf(tokens: readonly Token[]): Statement {
  const cursor = cursorOver(tokens);
  const first = cursor.word();
  const named = NAMED.find(keyword => keyword === first);
  const plain = PLAIN.find(keyword => keyword === first);
  const alone = ALONE.find(keyword => keyword === first);
  if (alone) return (cursor.take(), ended(cursor, { keyword: alone }));
  if (first === 'else') return (cursor.take(), elseOf(cursor));
  if (plain) return (cursor.take(), ended(cursor, { keyword: plain, pipeline: pipelineAt(cursor) }));
  if (named) return (cursor.take(), namedOf(cursor, named));
  return ended(cursor, { keyword: '', pipeline: pipelineAt(cursor) });
}

function elseOf(cursor: Cursor): Statement {
  const next = cursor.word();
  if (next !== 'if' && next !== 'with') return ended(cursor, { keyword: 'else' });
  cursor.take();
  return ended(cursor, { keyword: `else ${next}`, pipeline: pipelineAt(cursor) });
}

function namedOf(cursor: Cursor, keyword: (typeof NAMED)[number]): Statement {
  const name = cursor.take();
  if (name?.is !== 'literal') throw new TemplateFault(`${keyword} needs the name of a template in quotes`);
  const given = cursor.peek() === undefined ? {} : { pipeline: pipelineAt(cursor) };
  return ended(cursor, { keyword, name: name.text, ...given });
}

function ended(cursor: Cursor, statement: Statement): Statement {
  const rest = cursor.peek();
  const { keyword, pipeline } = statement;
  if (keyword !== 'range' && (pipeline?.declares?.names.length ?? 0) > 1)
    throw new TemplateFault('two variables are declared at once: only a range does so');
  if (keyword === 'block' && !pipeline) throw new TemplateFault('block needs what its dot is, after the name: write . for the same');
  if (rest) throw new TemplateFault(`an action holds ${JSON.stringify(rest.text)} where it should end`);
  return statement;
}

const DEEPEST = 50;

interface Cursor {
  /** One parenthesis was opened: how many are open. */
  deeper(): number;
  shallower(): void;
  /** The next token that is no space. */
  peek(): Token | undefined;
  take(): Token | undefined;
  /** The next one where it follows without a space. */
  glued(): Token | undefined;
  /** The next four at most that are no spaces. */
  ahead(): readonly Token[];
  word(): string | undefined;
}

function cursorOver(tokens: readonly Token[]): Cursor {
  let at = 0;
  let depth = 0;
  const skip = (): void => {
    while (tokens[at]?.is === 'space') at += 1;
  };
  const peek = (): Token | undefined => (skip(), tokens[at]);
  return {
    deeper: () => (depth += 1),
    shallower: () => {
      depth -= 1;
    },
    peek,
    take: () => (skip(), tokens[at++]),
    glued: () => tokens[at],
    ahead: () =>
      tokens
        .slice(at, at + 8)
        .filter(({ is }) => is !== 'space')
        .slice(0, 4),
    word: () => (peek()?.is === 'word' ? peek()?.text : undefined),
  };
}

function pipelineAt(cursor: Cursor): Pipeline {
  const declares = declaredAt(cursor);
  const commands: Command[] = [];
  for (;;) {
    const command = commandAt(cursor);
    if (command.length === 0) throw new TemplateFault('an action is empty, or a pipe leads nowhere');
    commands.push(command);
    if (cursor.peek()?.text !== '|') return { ...(declares && { declares }), commands };
    cursor.take();
  }
}

function declaredAt(cursor: Cursor): Pipeline['declares'] {
  const ahead = cursor.ahead();
  const length = ahead[1]?.text === ',' ? 4 : 2;
  const sign = ahead[length - 1]?.text ?? '';
  const names = ahead.slice(0, length).filter(({ is }) => is === 'variable');
  if ((sign !== ':=' && sign !== '=') || names.length !== length / 2) return undefined;
  for (let n = 0; n < length; n += 1) cursor.take();
  return { names: names.map(({ text }) => text), sign };
}

function commandAt(cursor: Cursor): Command {
  const terms: Term[] = [];
  for (;;) {
    const next = cursor.peek();
    if (!next || (next.is === 'mark' && next.text !== '(')) return terms;
    terms.push(termAt(cursor));
  }
}

function termAt(cursor: Cursor): Term {
  const { is, text = '' } = cursor.take() ?? {};
  if (is === 'word') return { is, name: text };
  if (is === 'literal') return { is, text };
  if (is === 'variable') return { is: 'operand', base: text, fields: fieldsAfter(cursor) };
  if (is === 'field') return { is: 'operand', base: '', fields: [text.slice(1), ...fieldsAfter(cursor)] };
  return is === 'dot' ? { is: 'operand', base: '', fields: [] } : groupAt(cursor);
}

function groupAt(cursor: Cursor): Term {
  if (cursor.deeper() > DEEPEST) throw new TemplateFault('parentheses are nested too deeply: write less into one action');
  const pipeline = pipelineAt(cursor);
  if (cursor.take()?.text !== ')') throw new TemplateFault('a parenthesis is never closed');
  cursor.shallower();
  return { is: 'group', pipeline, fields: fieldsAfter(cursor) };
}

function fieldsAfter(cursor: Cursor): readonly string[] {
  const fields: string[] = [];
  while (cursor.glued()?.is === 'field') fields.push(cursor.take()?.text.slice(1) ?? '');
  return fields;
}

/** A pipeline as Go reads it again. */
export function printedPipeline({ declares, commands }: Pipeline): string {
  const declared = declares ? `${declares.names.join(', ')} ${declares.sign} ` : '';
  return declared + commands.map(command => command.map(printedTerm).join(' ')).join(' | ');
}

export function printedTerm(term: Term): string {
  switch (term.is) {
    case 'word':
      return term.name;
    case 'literal':
      return term.text;
    case 'operand':
      return term.base === '' ? `.${term.fields.join('.')}` : [term.base, ...term.fields].join('.');
    case 'group':
      return [`(${printedPipeline(term.pipeline)})`, ...term.fields].join('.');
  }
}

/** A statement without its braces. */
export function printedStatement({ keyword, name, pipeline }: Statement): string {
  return [keyword, name ?? '', pipeline ? printedPipeline(pipeline) : ''].filter(word => word !== '').join(' ');
}
