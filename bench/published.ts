import type { Report } from './report.ts';

const BEGIN = '<!-- measured -->';
const END = '<!-- end -->';

/** The page with what was measured last, for docs/benchmarks.md. Throws where the page has no place for it. */
export function published(page: string, report: Report): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (from === -1 || to < from) throw new Error(`the page has no place between ${BEGIN} and ${END}`);
  return `${page.slice(0, from)}${BEGIN}\n${tableOf(report)}\n${page.slice(to)}`;
}

function tableOf({ machine, versions, commit, results }: Report): string {
  const facts = Object.entries({ ...machine, ...versions }).map(([name, value]) => `${name} ${value}`);
  const rows = results.map(
    ({ name, value, unit, target, met }) => `| ${name} | ${`${value} ${unit}`.trim()} | ${target} | ${met ? 'yes' : '**no**'} |`,
  );
  return [
    `\`make bench\` at ${commit.slice(0, 12)} on: ${facts.join(' · ')}. Benches that were run alone keep the figures of others from earlier runs.`,
    '',
    '| figure | value | set out for | met |',
    '|---|---|---|---|',
    ...rows,
  ].join('\n');
}
