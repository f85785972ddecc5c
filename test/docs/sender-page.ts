import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/load.ts';
import { isRecord } from '../../src/domain/text/json.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';

const Values = z.record(z.string(), z.unknown());

export type Sender = 'alertmanager' | 'signoz' | 'sentry' | 'telegram';

export const SENDERS: readonly Sender[] = ['alertmanager', 'signoz', 'sentry', 'telegram'];

export function pageOf(sender: Sender): string {
  return readFileSync(join(import.meta.dirname, '../../docs/senders', `${sender}.md`), 'utf8');
}

/** The fenced blocks of one language, in their order. */
export function blocksOf(sender: Sender, language: string): string[] {
  return [...pageOf(sender).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].flatMap(([, of, text = '']) => (of === language ? [text] : []));
}

/** The one block that holds a text; throws where it is not the only one. */
export function blockWith(sender: Sender, language: string, text: string): string {
  const [found, ...others] = blocksOf(sender, language).filter(block => block.includes(text));
  if (found === undefined || others.length > 0) throw new Error(`docs/senders/${sender}.md has not one ${language} block with ${text}`);
  return found;
}

/** The variables of all env blocks of a page. */
export function variablesIn(sender: Sender): Readonly<Record<string, string>> {
  const given = Object.entries(parseEnv(blocksOf(sender, 'env').join('\n')));
  return Object.fromEntries(given.map(([name, value]) => [name, value ?? '']));
}

/** The values of the chart that a page shows, those of all its blocks together. */
export function chartValuesIn(sender: Sender): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = {};
  for (const block of blocksOf(sender, 'yaml').filter(text => text.startsWith('# values.yaml'))) {
    for (const [name, value] of Object.entries(Values.parse(parse(block)))) {
      const before = all[name];
      all[name] = isRecord(before) && isRecord(value) ? { ...before, ...value } : value;
    }
  }
  return all;
}

/** Of each file that a variable may name, something that fits: in the pages they hold the secrets. */
const SECRET_FILES: Readonly<Record<string, string>> = {
  '/etc/awoooi/webhook/tokens': 'first-token-0123\nsecond-token-0123\n',
  '/etc/awoooi/sentry/client-secret': 'client-secret-0123',
  '/etc/awoooi/sentry/api-token': 'sntrys_token',
  '/etc/awoooi/sentry/url-tokens': 'url-token-0123',
  '/etc/awoooi/telegram/bot-token': '123456:ABC-DEF',
  '/etc/awoooi/telegram/webhook-secrets': 'webhook-secret-0123',
};

/** The configuration that an operator makes of a page's variables; whoever sends to it is guarded by a token in any case. */
export function configOf(sender: Sender) {
  const loaded = loadConfig({
    env: {
      AWOOOI_WEBHOOK_TOKENS: variablesIn(sender)['AWOOOI_WEBHOOK_TOKENS_FILE'] ? undefined : 'some-token-0123',
      ...variablesIn(sender),
    },
    readFile(path) {
      const text = SECRET_FILES[path];
      if (text === undefined) throw new Error(`the pages name no file ${path}`);
      return text;
    },
  });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  return loaded.config;
}

const run = promisify(execFile);

/** Runs a block as a person would paste it, with these variables and files. Gives what it printed. */
export async function pasted(block: string, of: { env: Record<string, string>; files?: Record<string, string> }): Promise<string> {
  const folder = runFolder('docs');
  try {
    for (const [name, text] of Object.entries(of.files ?? {})) writeFileSync(join(folder, name), text);
    for (const name of ['curl', 'openssl']) {
      const script = `#!/bin/sh\nexec '${process.execPath}' '${join(import.meta.dirname, `${name}-program.ts`)}' "$@"\n`;
      writeFileSync(join(folder, name), script, { mode: 0o755 });
    }
    const env = { ...of.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
    const { stdout } = await run('sh', ['-e', '-c', block], { cwd: folder, env, timeout: 30_000 });
    return stdout;
  } finally {
    removeFolder(folder);
  }
}
