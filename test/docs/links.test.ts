import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { CliVariables, OperatorVariables } from '../../src/config/load.ts';
import { variablesOf } from '../../src/config/variable.ts';
import { CHANNELS } from '../../src/domain/incidents/told.ts';
import { DELIVERY_STATES } from '../../src/domain/incidents/incident.ts';
import { Root } from '../parts/installed.ts';

const pages = readdirSync(join(Root, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.md'))
  .map(name => join('docs', name));
const textOf = (page: string): string => readFileSync(join(Root, page), 'utf8');

/** What a page links to, from the root. */
function linked(page: string): string[] {
  const targets = [...textOf(page).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)].map(([, target = '']) => target);
  return targets.filter(target => !/^[a-z]+:/.test(target)).map(target => relative(Root, join(Root, dirname(page), target)));
}

it('the links of the documentation lead somewhere', () => {
  const broken = ['README.md', ...pages].flatMap(page =>
    linked(page).flatMap(to => (existsSync(join(Root, to)) ? [] : [`${page}: ${to}`])),
  );
  expect(broken).toEqual([]);
});

it('every page is found from the README', () => {
  const found = new Set(['README.md']);
  for (const page of found) {
    const links = new Set(linked(page));
    for (const each of pages) if (links.has(each) || links.has(dirname(each))) found.add(each);
  }
  expect(pages.filter(page => !found.has(page))).toEqual([]);
});

it('the page about incidents names every channel and every state of a delivery, and no variable that does not exist', () => {
  const page = textOf('docs/incidents.md');
  expect([...CHANNELS, ...DELIVERY_STATES].filter(name => !page.includes(`| \`${name}\` |`))).toEqual([]);
  const known = new Set([OperatorVariables, CliVariables].flatMap(slices => variablesOf(slices)).map(({ facts }) => facts.env));
  expect((page.match(/\b(?:AWOOOI|TG|SENTRY|SIGNOZ)_[A-Z_]+\b/g) ?? []).filter(name => !known.has(name))).toEqual([]);
});
