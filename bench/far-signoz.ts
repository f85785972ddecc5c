import { join } from 'node:path';
import { z } from 'zod';
import { Root } from '../test/parts/installed.ts';
import { startChild, untilReady } from '../test/parts/process.ts';
import { Counts, Places } from './signoz-process.ts';

/** The stand-in for SigNoz in its own process, and what is seen and done there past its API. */
export interface FarSignoz {
  readonly url: string;
  readonly editorKey: string;
  counts(): Promise<Counts>;
  /** Somebody changes every rule; answers how many there are. */
  changeAll(): Promise<number>;
  stop(): Promise<void>;
}

const LONGEST_MS = 120_000;

export async function startFarSignoz(): Promise<FarSignoz> {
  const child = startChild({
    name: 'signoz',
    command: process.execPath,
    args: [join(Root, 'bench/signoz-process.ts')],
    env: { PATH: process.env['PATH'] },
  });
  const told = (): string | undefined => /^PLACES (.*)$/m.exec(child.log())?.[1];
  await untilReady(child, async () => told() !== undefined);
  const { url, editorKey, handsUrl } = Places.parse(JSON.parse(told() ?? ''));
  const ask = async (path: string): Promise<unknown> =>
    (await fetch(`${handsUrl}${path}`, { signal: AbortSignal.timeout(LONGEST_MS) })).json();
  return {
    url,
    editorKey,
    counts: async () => Counts.parse(await ask('/counts')),
    changeAll: async () => z.number().parse(await ask('/change-all')),
    stop: () => child.stop(),
  };
}
