import type { HopResult } from '../../domain/chain/hop-result.ts';
import { durationMsOf, type ProbeReport, type Render } from './run-report.ts';

/**
 * For CI systems: a test suite for each probe and a test case for each hop (JUnit XML as Jenkins and GitLab read it). A hop that could not
 * be tried is an error.
 */
export const junit: Render = reports =>
  ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites name="awoooi">', ...reports.map(suite), '</testsuites>', ''].join('\n');

function suite(report: ProbeReport): string {
  const { hops, startedAt } = report.run;
  const head = attributes({
    name: `${report.namespace}/${report.name}`,
    tests: String(hops.length),
    failures: String(countOf(hops, 'Failed')),
    errors: String(countOf(hops, 'Unknown')),
    skipped: '0',
    time: seconds(durationMsOf(report)),
    timestamp: startedAt.toISOString(),
  });
  const cases = hops.map(hop => testCase(hop, `${report.namespace}.${report.name}`));
  return [`  <testsuite ${head}>`, ...cases, '  </testsuite>'].join('\n');
}

function testCase({ name, type, result, cause, message, latencyMs = 0 }: HopResult, classname: string): string {
  const head = attributes({ name, classname, time: seconds(latencyMs) });
  if (result === 'Passed') return `    <testcase ${head}/>`;
  const element = result === 'Failed' ? 'failure' : 'error';
  const why = attributes({ type: cause ?? result, message });
  return `    <testcase ${head}>\n      <${element} ${why}>${xml(`${type}: ${message}`)}</${element}>\n    </testcase>`;
}

function countOf(hops: readonly HopResult[], result: HopResult['result']): number {
  return hops.filter(hop => hop.result === result).length;
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${xml(value)}"`)
    .join(' ');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** Escaped, and without the characters that XML 1.0 (section 2.2) cannot hold in any spelling. */
function xml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\t\n\r]/g, character => `&#${character.charCodeAt(0)};`);
}
