import { join } from 'node:path';
import { eventually } from '../../test/parts/eventually.ts';
import { Root } from '../../test/parts/installed.ts';
import { NODE_FLAGS } from '../../test/parts/operator.ts';
import { startChild } from '../../test/parts/process.ts';
import { startRedis } from '../../test/parts/redis.ts';
import type { Keep } from '../result.ts';

/** In a process of its own with the operator's options of Node, on a Redis of its own, as the operator is. */
export async function bareRoute(keep: Keep): Promise<string> {
  const redis = keep(await startRedis({ appendOnly: true }));
  const child = startChild({
    name: 'bare route',
    command: process.execPath,
    args: [...NODE_FLAGS, join(Root, 'bench/intake/bare-route.ts'), redis.url],
  });
  keep({ stop: () => child.kill9() });
  return eventually(() => /^http:\S+/m.exec(child.log())?.[0], { withinMs: 30_000 });
}
