import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, pathOf, Root } from '../parts/installed.ts';

export interface Block {
  /** The heading that it stands under. */
  readonly section: string;
  readonly language: string;
  readonly text: string;
  /** What it cannot be tried without. */
  readonly needs: string | undefined;
}

const PART = /^(?:#+ (.+)|(?:<!-- needs: (.+) -->\n)?```(\w+)\n([^]*?)^```)$/gm;

/** The fenced blocks of a page, in their order. */
export function blocksOf(page: string): readonly Block[] {
  let section = '';
  const blocks: Block[] = [];
  for (const [, heading, needs, language, text = ''] of readFileSync(join(Root, page), 'utf8').matchAll(PART)) {
    section = heading ?? section;
    if (language !== undefined) blocks.push({ section, language, text, needs });
  }
  return blocks;
}

const run = promisify(execFile);

/** Runs a block as a person would paste it into a shell in the clone. Gives what it printed; throws with what went wrong. */
export async function pasted({ text }: Block, kubeconfig: string): Promise<string> {
  const home = join(cacheFolder(), 'helm');
  const env = {
    PATH: [dirname(pathOf('kubectl')), dirname(pathOf('helm')), process.env['PATH']].join(':'),
    HOME: home,
    KUBECONFIG: kubeconfig,
    KUBECACHEDIR: `${kubeconfig}.cache`,
    KUBERC: 'off',
  };
  const { stdout } = await run('sh', ['-ec', text], { cwd: Root, env, timeout: 180_000, maxBuffer: 32 * 1024 * 1024 });
  return stdout;
}
