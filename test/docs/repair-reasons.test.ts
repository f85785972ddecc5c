import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Fault } from '../../src/domain/ports/port-error.ts';
import { pascalCase } from '../../src/domain/text/pascal-case.ts';
import { Root } from '../parts/installed.ts';

/** By which a run says that it could not ask; `satisfies` keeps the list whole. */
const FAULTS = Object.keys({
  unreachable: true,
  unavailable: true,
  'rate-limited': true,
  unauthorized: true,
  forbidden: true,
  rejected: true,
  unsupported: true,
  malformed: true,
} satisfies Record<Fault, true>);

const KINDS = [
  { page: 'repairrun', rooms: ['src/domain/repair', 'src/controllers/repairrun'], faults: FAULTS.map(pascalCase) },
  { page: 'repairplaybook', rooms: ['src/domain/playbook', 'src/controllers/repairplaybook'], faults: [] },
];

/** How the code gives reasons: by name, to the short makers of verdicts, and as words of a closed list. */
const GIVEN = [
  /\breason: (?:\w+ \? )?'([A-Z][a-z]+[A-Za-z]*)'(?: : '([A-Z][a-z]+[A-Za-z]*)')?/g,
  /\b(?:failed|unknown|yes|no|unchecked|event)\(\s*(?:'(?:Normal|Warning)',\s*)?'(?!Normal|Warning)([A-Z][a-z]+[A-Za-z]*)'/g,
  /\bbecause: '([A-Z][a-z]+[A-Za-z]*)'/g,
  // What a quarantine is for: LOSSES of playbook-conditions.ts.
  /^ {2}([A-Z][a-z]+[A-Za-z]*): '[A-Z]/gm,
];

function reasonsIn(rooms: readonly string[]): Set<string> {
  const files = rooms.flatMap(room => readdirSync(join(Root, room)).map(name => join(Root, room, name)));
  const text = files.filter(name => name.endsWith('.ts') && !name.endsWith('.test.ts')).map(name => readFileSync(name, 'utf8'));
  const found = GIVEN.flatMap(pattern => [...text.join('\n').matchAll(pattern)].flatMap(([, ...words]) => words));
  return new Set(found.filter(word => word !== undefined));
}

/** Of the table of reasons and the events below it. */
function reasonsOn(page: string): { readonly table: Set<string>; readonly section: string } {
  const text = readFileSync(join(Root, `docs/spec/${page}.md`), 'utf8');
  const section = /^## What it says\n([\s\S]*?)^## /m.exec(text)?.[1] ?? '';
  const rows = /^\| reason \|[\s\S]*?\n\n/m.exec(section)?.[0] ?? '';
  const first = [...rows.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell).join();
  return { table: new Set([...first.matchAll(/`(\w+)`/g)].map(([, word = '']) => word)), section };
}

describe.each(KINDS)('the page about $page', ({ page, rooms, faults }) => {
  const { table, section } = reasonsOn(page);
  const given = reasonsIn(rooms);

  it('says what every reason of the code means', () => {
    expect(given.size).toBeGreaterThan(9);
    expect([...given, ...faults].filter(reason => !section.includes(`\`${reason}\``))).toEqual([]);
  });

  it('names no reason that the code does not give', () => {
    const known = new Set([...given, ...faults, 'Forbidden']);
    expect([...table].filter(reason => !known.has(reason))).toEqual([]);
  });
});
