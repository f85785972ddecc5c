import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { CliVariables, OperatorVariables } from '../../src/config/load.ts';
import { variablesOf } from '../../src/config/variable.ts';
import { DELIVERY_STATES } from '../../src/domain/incidents/incident.ts';
import { CHANNELS } from '../../src/domain/incidents/told.ts';
import { Root } from '../parts/installed.ts';
import { anchorsOf, DOCS, linksOf, PAGES, pageText } from './markdown.ts';

const INDEX = 'docs/README.md';

it('the links of the documentation lead somewhere', () => {
  const broken = PAGES.flatMap(page => linksOf(page).flatMap(({ to }) => (existsSync(join(Root, to)) ? [] : [`${page}: ${to}`])));
  expect(broken).toEqual([]);
});

it('the anchors of the links are headings of the pages that they lead to', () => {
  const broken = PAGES.flatMap(page =>
    linksOf(page)
      .filter(({ to, anchor }) => anchor !== undefined && to.endsWith('.md') && existsSync(join(Root, to)))
      .flatMap(({ to, anchor = '' }) => (anchorsOf(to).has(decodeURIComponent(anchor)) ? [] : [`${page}: ${to}#${anchor}`])),
  );
  expect(broken).toEqual([]);
});

/** All pages that one gets to by links; one to a folder leads to each page that lies in it. */
function foundFrom(start: string): ReadonlySet<string> {
  const found = new Set([start]);
  for (const page of found) {
    const links = new Set(linksOf(page).map(({ to }) => to));
    for (const each of DOCS) if (links.has(each) || links.has(dirname(each))) found.add(each);
  }
  return found;
}

it.each(['README.md', INDEX])('every page is found from %s', start => {
  const found = foundFrom(start);
  expect(DOCS.filter(page => !found.has(page))).toEqual([]);
});

it('the index names every page but those of folders that it names as a whole', () => {
  const named = new Set(linksOf(INDEX).map(({ to }) => to));
  const folders = new Set(['docs/adr', 'docs/runbooks']);
  expect(DOCS.filter(page => page !== INDEX && !named.has(page) && !folders.has(dirname(page)))).toEqual([]);
});

it('the index of decisions names each by its number and its title', () => {
  const decisions = DOCS.filter(page => /^docs\/adr\/\d/.test(page)).map(page => {
    const [, number = '', title = ''] = /^# (\d+)\. (.+)$/m.exec(pageText(page)) ?? [];
    return `| ${number} | [${title}](${page.split('/').at(-1)}) |`;
  });
  const rows = pageText('docs/adr/README.md').match(/^\| \d.*$/gm);
  expect(rows).toEqual(decisions);
});

it('every picture is shown on some page', () => {
  const shown = new Set(PAGES.flatMap(page => linksOf(page).map(({ to }) => to)));
  const pictures = readdirSync(join(Root, 'docs'), { recursive: true, encoding: 'utf8' }).filter(name => /\.(svg|png)$/.test(name));
  expect(pictures.map(name => join('docs', name)).filter(picture => !shown.has(picture))).toEqual([]);
});

it('each page begins with its title', () => {
  expect(DOCS.filter(page => !/^# \S/.test(pageText(page)))).toEqual([]);
});

it('the page about the architecture names every room of src/, and no other', () => {
  const rooms = readdirSync(join(Root, 'src')).filter(name => statSync(join(Root, 'src', name)).isDirectory());
  const named = [...pageText('docs/architecture.md').matchAll(/^\| \[\w+\]\(\.\.\/src\/(\w+)\/README\.md\) \|/gm)].map(
    ([, room = '']) => room,
  );
  expect(named.toSorted()).toEqual(rooms.toSorted());
});

it('the page about incidents names every channel and every state of a delivery', () => {
  const page = pageText('docs/incidents.md');
  expect([...CHANNELS, ...DELIVERY_STATES].filter(name => !page.includes(`| \`${name}\` |`))).toEqual([]);
});

it('no page names a variable that does not exist', () => {
  const known = new Set([OperatorVariables, CliVariables].flatMap(slices => variablesOf(slices)).map(({ facts }) => facts.env));
  // A key of the chart's Secret that senders show, and a setting of Sentry's own.
  const keys = new Set(['AWOOOI_WEBHOOK_TOKEN', 'SENTRY_DISALLOWED_IPS']);
  const strange = PAGES.flatMap(page =>
    [...pageText(page).matchAll(/(?<!\w)(?:AWOOOI|TG|SENTRY)_[A-Z_]*[A-Z]\b(?!\*)/g)]
      .map(([name]) => name.replace(/_FILE$/, ''))
      .filter(name => !known.has(name) && !keys.has(name) && !known.has(`${name}_FILE`))
      .map(name => `${page}: ${name}`),
  );
  expect([...new Set(strange)]).toEqual([]);
});
