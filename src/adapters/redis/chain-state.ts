import { z } from 'zod';
import { ALERT_SOURCES } from '../../domain/alerts/alert.ts';
import { chainIdentity } from '../../domain/incidents/chain-identity.ts';
import type { BrokenChain, ChainState } from '../../domain/ports/chain-state.ts';
import type { RedisCommands } from './connection.ts';
import { ask } from './fault.ts';
import { KEYS } from './keys.ts';
import { parsed } from './schema.ts';
import { run, script } from './script.ts';

/** What was broken first counts. Labels that change with every restart never fill Redis: beyond 500 chains no further one is kept. */
const BROKE = script(`
if redis.call('HLEN', KEYS[1]) >= 500 then return 0 end
return redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])`);

/** Only over what was read: a chain that broke again meanwhile is told of by itself. */
const TOLD = script(`
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])`);

const StoredChain = z.object({
  source: z.enum(ALERT_SOURCES),
  labels: z.record(z.string(), z.string()),
  since: z.iso.datetime().transform(text => new Date(text)),
  incidentId: z.string().optional(),
});

function chainFrom(text: string): BrokenChain {
  const { incidentId, ...chain } = parsed('give a broken chain that we wrote', StoredChain, text);
  return { ...chain, ...(incidentId !== undefined && { incidentId }) };
}

/** Broken chains in one hash, a field for each Watchdog. */
export function redisChainState(commands: RedisCommands): ChainState {
  return {
    async broke(chain, signal) {
      const args = [KEYS.brokenChains, chainIdentity(chain), JSON.stringify(chain).toWellFormed()] as const;
      await ask('note a broken chain', signal, () => run(commands, BROKE, args));
    },
    async told(chain, incidentId, signal) {
      const identity = chainIdentity(chain);
      await ask('note who was told of a broken chain', signal, async () => {
        const before = await commands.hget(KEYS.brokenChains, identity);
        if (before === null) return;
        const after = JSON.stringify({ ...chainFrom(before), incidentId }).toWellFormed();
        if (after !== before) await run(commands, TOLD, [KEYS.brokenChains, identity, before, after]);
      });
    },
    async mended(chain, signal) {
      await ask('note a mended chain', signal, () => commands.call('HDEL', KEYS.brokenChains, chainIdentity(chain)));
    },
    async broken(signal) {
      const texts = await ask('list broken chains', signal, () => commands.hvals(KEYS.brokenChains));
      return texts.map(chainFrom).toSorted((a, b) => a.since.getTime() - b.since.getTime());
    },
  };
}
