import { join } from 'node:path';
import { z } from 'zod';
import { eventually } from '../test/parts/eventually.ts';
import { Root } from '../test/parts/installed.ts';
import { NODE_FLAGS, type Operator } from '../test/parts/operator.ts';

const Gaps = z.object({ blockMs: z.number(), busyMs: z.number(), peakMiB: z.number() });
export type Gaps = z.infer<typeof Gaps>;

/** Options of Node for a process whose {@link gapsOf} are asked for. */
export const GAP_FLAGS = [...NODE_FLAGS, '--import', join(Root, 'bench/gap-report.ts')];

/** What kept the event loop of the operator since this was asked last, or since its start. */
export async function gapsOf(operator: Operator): Promise<Gaps> {
  const child = operator.process();
  const lines = (): readonly string[] => [...child.log().matchAll(/^GAPS (.*)$/gm)].map(([, text = '']) => text);
  const before = lines().length;
  process.kill(child.pid, 'SIGUSR2');
  const text = await eventually(() => lines()[before], { withinMs: 30_000, everyMs: 20 });
  return Gaps.parse(JSON.parse(text));
}
