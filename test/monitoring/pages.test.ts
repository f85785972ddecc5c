import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CliVariables, OperatorVariables } from '../../src/config/load.ts';
import { variablesOf } from '../../src/config/variable.ts';
import { Root } from '../parts/installed.ts';
import { dashboard, panels } from './dashboard.ts';
import { monitoringBlocks } from './monitoring-page.ts';
import { ALERTS_FILE, shippedAlerts } from './rule-pack.ts';

const RUNBOOKS = join(Root, 'docs/runbooks');
const pageOf = (name: string): string => readFileSync(join(RUNBOOKS, `${name}.md`), 'utf8');
const ALERTS = shippedAlerts();

describe('the runbooks', () => {
  it('are one for each alert, and an index that lists them with severity and waiting time', () => {
    expect(readdirSync(RUNBOOKS).toSorted()).toEqual([...ALERTS.map(({ alert }) => `${alert}.md`), 'README.md'].toSorted());
    const rows = ALERTS.map(
      ({ alert, labels, for: after = 'at once' }) => `| [${alert}](${alert}.md) | ${labels['severity']} | ${after} | `,
    );
    expect(rows.filter(row => !pageOf('README').includes(row))).toEqual([]);
    expect(readFileSync(join(Root, 'docs/monitoring.md'), 'utf8')).toContain(`It has ${ALERTS.length} alerts`);
  });

  it.each(ALERTS)(
    '$alert says what it means, who is affected, how to find out and mend it, and when it is none',
    ({ alert, expr, labels, for: after }) => {
      const page = pageOf(alert);
      const headings = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
      expect(headings).toEqual([alert, 'What it means', 'Who is affected', 'How to find out', 'How to mend it', 'False alarms']);
      expect(page).toContain(`Severity ${labels['severity']}${after === undefined ? '.' : `, after ${after}.`}`);
      expect(page).toContain(`\`\`\`promql\n${expr}\n\`\`\``);
      expect(page).toMatch(/## How to find out\n```sh\n\S/);
    },
  );

  it('and the alerts name no variable that does not exist', () => {
    const operator = variablesOf(OperatorVariables);
    const known = new Set([...operator, ...variablesOf(CliVariables)].map(({ facts }) => facts.env));
    const texts = [readFileSync(ALERTS_FILE, 'utf8'), ...readdirSync(RUNBOOKS).map(page => readFileSync(join(RUNBOOKS, page), 'utf8'))];
    const named = texts.flatMap(text => text.match(/\b(?:AWOOOI|TG|SENTRY|SIGNOZ)_[A-Z_]*[A-Z]\b/g) ?? []);
    expect([...new Set(named)].filter(name => !known.has(name) && name !== 'AWOOOI_ANALYSER')).toEqual([]);
  });
});

describe('every command of the monitoring page and the runbooks', () => {
  it('is run by a test, or marked as needing a real service', () => {
    const page = readFileSync(join(Root, 'docs/monitoring.md'), 'utf8');
    const unmarked = [...page.matchAll(/(<!-- needs: a real service -->\n)?^```sh\n([\s\S]*?)^```$/gm)].filter(
      ([, needs]) => needs === undefined,
    );
    expect(unmarked.map(([, , block = '']) => block.split(' ').slice(0, 4).join(' '))).toEqual(['amtool config routes test']);
    expect(monitoringBlocks('sh')).toHaveLength(4);
  });
});

describe('the dashboard', () => {
  it('begins with the chain, goes on to whoever is told, and ends with the operator', () => {
    const rows = dashboard().panels.filter(({ type }) => type === 'row');
    expect(rows.map(({ title }) => title)).toEqual([
      'Does an alert reach a human?',
      'Alerts that come in',
      'Incidents and who is told',
      'Alert rules in SigNoz',
      'Repairs and learning',
      'The operator itself',
    ]);
  });

  it('has panels with ids and titles of their own, that lie beside each other', () => {
    const all = dashboard().panels;
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(panels().map(({ title }) => title)).size).toBe(panels().length);
    const cells = all.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)}/${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(all.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  it('names its datasource by a variable, and uses every variable', () => {
    const text = JSON.stringify(dashboard());
    const names = dashboard().templating.list.map(({ name }) => name);
    expect(names).toEqual(['datasource', 'namespace', 'probe']);
    expect(names.filter(name => !text.includes(`$${name}`) && !text.includes(`\${${name}}`))).toEqual([]);
    expect(text.match(/"uid":"(?!\$\{datasource\}|awoooi-operator)/g)).toBeNull();
  });
});
