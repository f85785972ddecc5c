import type { Note, Refusal, RefusalCode } from './note.ts';
import type { Statement } from './go-pipeline.ts';
import { TemplateFault } from './go-template.ts';

/** What an operand stands for: the sample's value or the threshold, the map of labels, the whole data, or anything else. */
export type Kind = 'value' | 'labels' | 'data' | 'other';

/** Why one action of a template cannot be had in SigNoz. */
export class ActionRefused extends Error {
  override readonly name = 'ActionRefused';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

export interface Scope {
  readonly dot: () => Kind;
  readonly variable: (name: string) => Kind | undefined;
  readonly declare: (names: readonly string[], kind: Kind) => void;
  /** Follows if, else, with, range and end; `kind` is what the pipeline of the statement stands for. */
  readonly follow: (statement: Statement, kind: Kind) => void;
  readonly close: () => void;
}

const OPENING: ReadonlySet<string> = new Set(['if', 'with', 'range', 'define', 'block']);

interface Block {
  readonly keyword: string;
  readonly outer: Kind;
  readonly variables: ReadonlyMap<string, Kind>;
  readonly hasElse: boolean;
}

/** Variables and the dot as they stand at each action of a template. */
export function templateScope(): Scope {
  let dot: Kind = 'data';
  let variables = new Map<string, Kind>([
    ['$', 'data'],
    ['$labels', 'labels'],
    ['$value', 'value'],
    ['$threshold', 'value'],
  ]);
  const blocks: Block[] = [];

  function innermost(keyword: string): Block {
    const block = blocks.at(-1);
    if (!block) throw new TemplateFault(`{{ ${keyword} }} stands where nothing is open: remove it`);
    return block;
  }
  function open(keyword: string, kind: Kind): void {
    if (keyword === 'define' && blocks.length > 0) throw new TemplateFault('{{ define }} stands within another block: move it out');
    blocks.push({ keyword, outer: dot, variables: new Map(variables), hasElse: false });
    if (keyword !== 'if') dot = keyword === 'with' ? kind : 'other';
  }
  function turn(keyword: string, kind: Kind): void {
    const block = innermost(keyword);
    if (block.hasElse || block.keyword === 'define' || block.keyword === 'block') {
      throw new TemplateFault(`{{ ${keyword} }} stands where only {{ end }} may: remove it`);
    }
    blocks[blocks.length - 1] = { ...block, hasElse: keyword === 'else' };
    dot = keyword === 'else with' ? kind : block.outer;
  }
  function end(): void {
    const { outer, variables: before } = innermost('end');
    blocks.pop();
    dot = outer;
    variables = new Map(before);
  }
  return {
    dot: () => dot,
    variable: name => variables.get(name),
    declare: (names, kind) => {
      for (const name of names) variables.set(name, kind);
    },
    follow: ({ keyword }, kind) => {
      if (OPENING.has(keyword)) open(keyword, kind);
      if (keyword.startsWith('else')) turn(keyword, kind);
      if (keyword === 'end') end();
      if ((keyword === 'break' || keyword === 'continue') && blocks.every(block => block.keyword !== 'range')) {
        throw new TemplateFault(`{{ ${keyword} }} stands outside of a range: remove it`);
      }
    },
    close: () => {
      const left = blocks.at(-1)?.keyword;
      if (left !== undefined) throw new TemplateFault(`{{ ${left} }} is never closed: add {{ end }}`);
    },
  };
}

/** What the translation of one text keeps on its way. */
export interface Translating {
  readonly field: string;
  /** The text was written for Prometheus: there a `$word` outside of braces is that word, and an unknown variable an error. */
  readonly foreign: boolean;
  readonly scope: Scope;
  readonly notes: Note[];
  readonly refusals: Refusal[];
  readonly units: Set<string>;
}
