import { z } from 'zod';
import { credential } from '../credential.ts';
import { variable } from '../variable.ts';

/** The shared memory of all replicas. */
export const Redis = z.object({
  url: variable(
    {
      env: 'REDIS_URL',
      default: 'redis://127.0.0.1:6379',
      secret: true,
      description:
        'Redis: standalone, `redis+sentinel://…/master` or `redis+cluster://…`, each also as `rediss` for TLS. The operator of another cluster wants a Redis, or a database number, of its own: it would take Watchdogs of this one for its own.',
      expects: 'a URL that begins with redis://, rediss://, redis+sentinel:// or redis+cluster:// and names a host',
    },
    credential(z.string().regex(/^rediss?(\+(sentinel|cluster))?:\/\/[^\s/]+/, { error: 'it is no such URL' })),
  ),
});
