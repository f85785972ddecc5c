import { join } from 'node:path';
import { z } from 'zod';
import { Root } from '../test/parts/installed.ts';
import { startChild, untilReady } from '../test/parts/process.ts';
import { ruleIn, signozCaller } from '../test/servers/signoz-caller.ts';
import { Counts, Places } from './signoz-process.ts';

/** The stand-in for SigNoz in its own process, and what is seen and done there past its API. */
export interface FarSignoz {
  readonly url: string;
  readonly editorKey: string;
  counts(): Promise<Counts>;
  /** Rules that are there already, past the API. */
  seed(bodies: readonly object[]): Promise<void>;
  /** A rule as it may be posted again, without what the server owns. */
  bodyOf(id: string): Promise<object>;
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
  const ask = async (path: string, sent: RequestInit = {}): Promise<unknown> =>
    (await fetch(`${handsUrl}${path}`, { signal: AbortSignal.timeout(LONGEST_MS), ...sent })).json();
  return {
    url,
    editorKey,
    counts: async () => Counts.parse(await ask('/counts')),
    seed: async bodies => void (await ask('/seed', { method: 'POST', body: JSON.stringify(bodies) })),
    bodyOf: async id => withoutServersPart(ruleIn(await signozCaller({ url, editorKey })('GET', `/api/v2/rules/${id}`))),
    changeAll: async () => z.number().parse(await ask('/change-all')),
    stop: () => child.stop(),
  };
}

function withoutServersPart(shown: Readonly<Record<string, unknown>>): object {
  const { id: _id, state: _state, createdAt: _at, updatedAt: _since, createdBy: _by, updatedBy: _changer, ...body } = shown;
  return body;
}
