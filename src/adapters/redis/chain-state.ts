import { z } from 'zod';
import { ALERT_SOURCES } from '../../domain/alerts/alert.ts';
import { chainIdentity } from '../../domain/incidents/chain-identity.ts';
import type { ChainState } from '../../domain/ports/chain-state.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';
import { parsed } from './schema.ts';
import { run, script } from './script.ts';

/** What was broken first counts. Labels that change with every restart never fill Redis: beyond 500 chains no further one is kept. */
const BROKE = script(`
if redis.call('HLEN', KEYS[1]) >= 500 then return 0 end
return redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])`);

const StoredChain = z.object({
  source: z.enum(ALERT_SOURCES),
  labels: z.record(z.string(), z.string()),
  since: z.iso.datetime().transform(text => new Date(text)),
});

/** Broken chains in one hash, a field for each Watchdog. */
export function redisChainState(commands: RedisCommands): ChainState {
  return {
    async broke(chain, signal) {
      const args = [KEYS.brokenChains, chainIdentity(chain), JSON.stringify(chain).toWellFormed()] as const;
      await ask('note a broken chain', signal, () => run(commands, BROKE, args));
    },
    async mended(chain, signal) {
      await ask('note a mended chain', signal, () => commands.call('HDEL', KEYS.brokenChains, chainIdentity(chain)));
    },
    async broken(signal) {
      const texts = await ask('list broken chains', signal, () => commands.hvals(KEYS.brokenChains));
      const chains = texts.map(text => parsed('give a broken chain that we wrote', StoredChain, text));
      return chains.toSorted((a, b) => a.since.getTime() - b.since.getTime());
    },
  };
}
