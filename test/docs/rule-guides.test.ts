import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type SignozWorld, signozWorld } from '../builders/signoz-world.ts';
import { rules } from '../cli/rules-shell.ts';
import { Root } from '../parts/installed.ts';

let world: SignozWorld;
let folder: string;
beforeAll(async () => {
  world = await signozWorld();
  world.signoz.setChannel({ name: 'ops', webhook_configs: [{ url: 'http://127.0.0.1:1/' }] });
  folder = await mkdtemp(join(tmpdir(), 'awoooi-guide-'));
});
afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true });
});

/** The commands of a guide that are blocks of their own, as they stand there. */
async function commandsOf(guide: string): Promise<readonly string[]> {
  const page = await readFile(join(Root, 'docs/guides', guide), 'utf8');
  const blocks = [...page.matchAll(/^```\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) => block.trim().split('\n'));
  return blocks.filter(line => line.startsWith('awoooi rules '));
}

/** Runs one as a shell would, in the folder: file names end in .yml or .yaml, and `>` writes. */
async function run(line: string): Promise<number | null> {
  const [command = '', target] = line.replace('awoooi rules ', '').split(' > ');
  const args = command.split(' ').map(word => (/\.ya?ml$/.test(word) ? join(folder, word) : word));
  const { status, stdout } = await rules(args, { env: { SIGNOZ_URL: world.signoz.url, SIGNOZ_API_KEY: world.signoz.editorKey } });
  if (target !== undefined) await writeFile(join(folder, target), stdout);
  return status;
}

async function statuses(guide: string): Promise<Readonly<Record<string, number | null>>> {
  const ended: Record<string, number | null> = {};
  for (const line of await commandsOf(guide)) ended[line.split(' ')[2] ?? ''] = await run(line);
  return ended;
}

it('the commands of the guide from Prometheus end as it says', async () => {
  await writeFile(
    join(folder, 'rules.yml'),
    "groups: [{name: g, rules: [{alert: Down, expr: 'up == 0', labels: {severity: critical}}]}]\n",
  );
  expect(await statuses('from-prometheus.md')).toEqual({ convert: 0, test: 0, diff: 1 });
});

it('the commands of the guide for rules that are there end as it says', async () => {
  await world.posted({ source: 'https://signoz/alerts/new' });
  expect(await statuses('adopt-existing-rules.md')).toEqual({ export: 0, diff: 0 });
});
