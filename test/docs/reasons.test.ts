import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Root } from '../parts/installed.ts';
import { DOCS, pageText } from './markdown.ts';

const WORD = '([A-Z][a-z]+[A-Za-z]*)';
/** How the code gives reasons and causes: as fields, to the short makers of verdicts and events, and as words of closed lists. */
const GIVEN = [
  new RegExp(String.raw`\b(?:reason|cause|because): (?:[\w.]+ \? )?'${WORD}'(?: : '${WORD}')?`, 'g'),
  new RegExp(
    String.raw`\b(?:failed|unknown|yes|no|unchecked|event|stalled|waiting|met|notYet|verdict)\(\s*(?:'(?:Normal|Warning|True|False|Unknown)',\s*)?'(?!Normal|Warning|True|False|Unknown)${WORD}'`,
    'g',
  ),
];
const LISTS = /type (?:HopCause|CanaryCause|ConfigurationCause|TrustReason|NotYet) =([^;]*);/g;

const sources = readdirSync(join(Root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map(name => readFileSync(join(Root, 'src', name), 'utf8'))
  .join('\n');

function given(): ReadonlySet<string> {
  const named = GIVEN.flatMap(pattern => [...sources.matchAll(pattern)].flatMap(([, ...words]) => words));
  const listed = [...sources.matchAll(LISTS)].flatMap(([, list = '']) => [...list.matchAll(/'(\w+)'/g)].map(([, word = '']) => word));
  return new Set([...named, ...listed].filter(word => word !== undefined));
}

it('every reason of a condition or an Event, and every cause of a hop, is explained on some page', () => {
  const reasons = given();
  expect(reasons.size).toBeGreaterThan(120);
  const docs = DOCS.map(pageText).join('\n');
  expect([...reasons].filter(reason => !docs.includes(`\`${reason}\``)).toSorted()).toEqual([]);
});

it('the page for those in trouble has every cause of a hop, and no other', () => {
  const [, list = ''] = /## Causes of hops\n([\s\S]*?)\n## /.exec(pageText('docs/troubleshooting.md').replaceAll('\n###', '\n##')) ?? [];
  const rows = [...list.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, word = '']) => word),
  );
  const causes = [...sources.matchAll(/type (?:HopCause|CanaryCause|ConfigurationCause) =([^;]*);/g)].flatMap(([, text = '']) =>
    [...text.matchAll(/'(\w+)'/g)].map(([, word = '']) => word),
  );
  expect(rows.toSorted()).toEqual([...new Set(causes)].toSorted());
});
