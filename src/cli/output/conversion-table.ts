import { isRemark, type Note } from '../../domain/promql/note.ts';
import type { ConvertedRule } from '../../domain/promql/prometheus-rule.ts';
import { type Colour, painted } from './colour.ts';
import { aligned, plain } from './columns.ts';

/** What became of one rule, and where it stands. */
export interface Converted {
  readonly place: string;
  readonly group: string;
  readonly name: string;
  /** Undefined: it was not translated. */
  readonly rule?: ConvertedRule;
  readonly notes: readonly Note[];
  readonly why: readonly { readonly code: string; readonly text: string }[];
}

const HEAD = ['GROUP', 'RULE', 'RESULT', 'WHAT'] as const;

const RESULT_COLUMN = 2;
const COLOURS: Readonly<Record<string, Colour>> = { refused: 'red', noted: 'yellow', translated: 'green' };

/** A line for each rule, and one for all. */
export function conversionTable(converted: readonly Converted[], { colour }: { readonly colour: boolean }): string {
  const lines = aligned([HEAD, ...converted.map(row)]).map(cells =>
    cells.map((cell, column) => (colour && column === RESULT_COLUMN ? coloured(cell) : cell)).join('  '),
  );
  return `${lines.map(line => `${line.trimEnd()}\n`).join('')}${sum(converted)}\n`;
}

function coloured(cell: string): string {
  const colour = COLOURS[cell.trim()];
  return colour === undefined ? cell : painted(cell, colour);
}

function row(one: Converted): readonly string[] {
  return [plain(one.group, 40), plain(one.name, 60), result(one), what(one)];
}

function result(one: Converted): string {
  if (!one.rule) return isRecording(one) ? 'left out' : 'refused';
  return isNoted(one) ? 'noted' : 'translated';
}

function what({ rule, notes, why }: Converted): string {
  if (!rule) return why.map(({ code, text }) => `${code}: ${plain(text)}`).join('; ');
  const codes = new Set(notes.filter(note => !isRemark(note)).map(({ code }) => code));
  return codes.size === 0 ? rule.metadata.name : `${rule.metadata.name}: ${[...codes].join(', ')}`;
}

const isRecording = ({ why }: Converted): boolean => why.some(({ code }) => code === 'RecordingRule');
const isNoted = ({ rule, notes }: Converted): boolean => rule !== undefined && notes.some(note => !isRemark(note));

function sum(converted: readonly Converted[]): string {
  const count = (is: (one: Converted) => boolean): number => converted.filter(is).length;
  const translated = count(({ rule }) => rule !== undefined);
  const recordings = count(isRecording);
  const parts = [
    `${translated} translated`,
    `${count(isNoted)} of them with notes`,
    `${converted.length - translated - recordings} refused`,
  ];
  return `${converted.length} ${converted.length === 1 ? 'rule' : 'rules'}: ${parts.join(', ')}, ${recordings} recording rules left out`;
}
