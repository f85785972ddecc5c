import { createHmac } from 'node:crypto';
import { buffer } from 'node:stream/consumers';

/** `openssl dgst -sha256 -hmac KEY`, for machines that have none. */
const [command, digest, option, key = ''] = process.argv.slice(2);
if (command !== 'dgst' || digest !== '-sha256' || option !== '-hmac')
  throw new Error(`not known: openssl ${process.argv.slice(2).join(' ')}`);
const signature = createHmac('sha256', key)
  .update(await buffer(process.stdin))
  .digest('hex');
process.stdout.write(`SHA2-256(stdin)= ${signature}\n`);
