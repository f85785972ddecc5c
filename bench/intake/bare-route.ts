import { fastify } from 'fastify';
import { Redis } from 'ioredis';

/** The least that a route can do which keeps what it is sent: takes a JSON body and runs one script of one command. */
const [, , redisUrl = ''] = process.argv;
const redis = new Redis(redisUrl);
const sha = String(await redis.script('LOAD', `return redis.call('INCR', KEYS[1])`));
const app = fastify({ bodyLimit: 8 * 1024 * 1024 });
app.post('/', async () => ({ status: 'accepted', n: await redis.evalsha(sha, 1, 'bare:count') }));
const url = await app.listen({ port: 0, host: '127.0.0.1' });
process.stdout.write(`${url}\n`);
