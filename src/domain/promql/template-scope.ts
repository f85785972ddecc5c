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
  return {
    dot: () => dot,
    variable: name => variables.get(name),
    declare: (names, kind) => {
      for (const name of names) variables.set(name, kind);
    },
    follow: ({ keyword }, kind) => {
      if (OPENING.has(keyword)) {
        blocks.push({ keyword, outer: dot, variables: new Map(variables) });
        if (keyword !== 'if') dot = keyword === 'with' ? kind : 'other';
      }
      if (keyword.startsWith('else')) {
        dot = innermost(keyword).outer;
        if (keyword === 'else with') dot = kind;
      }
      if (keyword !== 'end') return;
      const { outer, variables: before } = innermost(keyword);
      blocks.pop();
      dot = outer;
      variables = new Map(before);
    },
    close: () => {
      const open = blocks.at(-1)?.keyword;
      if (open !== undefined) throw new TemplateFault(`{{ ${open} }} is never closed: add {{ end }}`);
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
