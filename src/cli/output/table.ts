import { type HopResult, runPassed } from '../../domain/chain/hop-result.ts';
import { type Colour, painted } from './colour.ts';
import { aligned } from './columns.ts';
import { durationMsOf, notPassed, type ProbeReport, type Render, spoken } from './run-report.ts';

const HEAD = ['HOP', 'TYPE', 'RESULT', 'LATENCY', 'MESSAGE'] as const;
const RESULT_COLUMN = 2;
const COLOURS: Readonly<Record<HopResult['result'], Colour>> = { Passed: 'green', Failed: 'red', Unknown: 'yellow' };

/** For people: a line for each hop, its columns aligned, and a line for the whole. */
export const table: Render = (reports, { colour }) => reports.map(report => probeTable(report, colour)).join('\n');

function probeTable(report: ProbeReport, colour: boolean): string {
  const { hops } = report.run;
  const rows = [HEAD, ...hops.map(cells)];
  const lines = aligned(rows).map((padded, i) => {
    const result = hops[i - 1]?.result;
    return padded.map((cell, column) => (colour && result && column === RESULT_COLUMN ? painted(cell, COLOURS[result]) : cell)).join('  ');
  });
  return `${headline(report, colour)}\n${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

function cells({ name, type, result, latencyMs, cause, message }: HopResult): readonly string[] {
  const latency = latencyMs === undefined ? '-' : spoken(latencyMs);
  return [name, type, result, latency, cause === undefined ? message : `${cause}: ${message}`];
}

function headline(report: ProbeReport, colour: boolean): string {
  const count = notPassed(report).length;
  const verdict = runPassed(report.run) ? 'Passed' : 'Failed';
  const found = count === 0 ? `all ${report.run.hops.length} hops passed` : `${count} of ${report.run.hops.length} hops did not pass`;
  const word = verdict.toUpperCase();
  return `${report.namespace}/${report.name}: ${colour ? painted(word, COLOURS[verdict]) : word}, ${found}, in ${spoken(durationMsOf(report))}`;
}
