import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Root } from '../parts/installed.ts';
import { CLAIMS, claimOf, NEEDS, SAME_AS } from './claims.ts';
import { awoooiComplaint, helmComplaint, kubectlComplaint, makeComplaint } from './known-commands.ts';
import { textOf } from './named-tests.ts';
import { SHELL_BLOCKS, type ShellBlock } from './shell-blocks.ts';
import { shellCommands } from './shell-words.ts';

/** The README in Chinese has the same blocks: test/docs/readme-zh-tw.test.ts. */
const BLOCKS = SHELL_BLOCKS.filter(({ page }) => page !== 'README.zh-TW.md');

const complaintOf: Readonly<Record<string, (words: readonly string[]) => string | undefined | Promise<string | undefined>>> = {
  awoooi: awoooiComplaint,
  kubectl: kubectlComplaint,
  helm: helmComplaint,
  make: makeComplaint,
};

/** The lines of a synopsis, whose choices are no pipes. */
function synopsis(script: string): string[][] {
  return script
    .replaceAll(/\n\s+/g, ' ')
    .trim()
    .split('\n')
    .map(line => line.split(/[\s|]+/).filter(word => word !== '…' && word !== '...'));
}

const commandsOf = ({ script, synopsis: written }: ShellBlock): string[][] => (written ? synopsis(script) : shellCommands(script));

async function complaints(block: ShellBlock): Promise<string[]> {
  const found: string[] = [];
  for (const [program = '', ...words] of commandsOf(block)) {
    const complaint = await complaintOf[program]?.(words);
    if (complaint !== undefined) found.push(`${block.page}: ${complaint}`);
  }
  return found;
}

const alike = (command: readonly string[]): string => command.map(word => word.replace(/^\.\//, '')).join(' ');

/** Whether each of its commands stands on the page whose test runs it. */
function sameAsElsewhere(block: ShellBlock): boolean {
  const other = SAME_AS[block.page];
  const there = new Set(
    BLOCKS.filter(({ page, needs }) => page === other && needs === undefined).flatMap(each => shellCommands(each.script).map(alike)),
  );
  return there.size > 0 && shellCommands(block.script).every(command => there.has(alike(command)));
}

describe('every command of the documentation', () => {
  it('is one that there is, with options, files, kinds, values and targets that there are', async () => {
    const found = await Promise.all(BLOCKS.map(complaints));
    expect(BLOCKS.length).toBeGreaterThan(60);
    expect(found.flat()).toEqual([]);
  });

  it('is run by a test that names its page, or says what it needs', () => {
    const idle = BLOCKS.filter(block => !block.synopsis && block.needs === undefined && NEEDS[block.page] === undefined)
      .filter(block => claimOf(block) === undefined && !sameAsElsewhere(block))
      .map(({ page, script }) => `${page}: ${script.split('\n')[0]}`);
    expect(idle).toEqual([]);
  });
});

const present = CLAIMS.filter(({ page }) => BLOCKS.some(block => page.test(block.page)));

it.each(present)('$by is there and names what it runs: $names', ({ by, names }) => {
  expect(existsSync(join(Root, by))).toBe(true);
  expect([by, textOf(by).includes(names)]).toEqual([by, true]);
});

describe('what is said of a wrong command', () => {
  it.each([
    ['awoooi probe rum -f x', 'no command probe rum'],
    ['awoooi probe run --file x', 'awoooi probe run has no --file'],
    ['awoooi incidents list --stat open', 'awoooi incidents list has no --stat'],
    ['kubectl apply -f examples/none.yaml', 'no file examples/none.yaml'],
    ['kubectl -n shop get acps', 'kubectl get knows no acps'],
    ['helm install a ./charts/none', 'no file ./charts/none'],
    ['helm upgrade a b --set redis.size=1', 'the chart has no value redis.size'],
    ['make tests', 'the Makefile has no target tests'],
  ])('%s', async (script, complaint) => {
    const block = { page: 'p', script, needs: undefined, synopsis: false };
    expect(await complaints(block)).toEqual([`p: ${complaint}`]);
  });
});
