import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { leadsElsewhere } from '../../src/adapters/signoz/our-webhook.ts';
import { listening, SENDER_TOKEN, webhookWorld } from '../builders/webhook-world.ts';
import { type Signoz, startSignoz } from '../servers/signoz.ts';
import { blocksOf, blockWith, configOf, pasted } from './sender-page.ts';

const URL_OF_PAGE = 'http://awoooi-operator.awoooi-system.svc:8000';
const CHANNEL = blockWith('signoz', 'json', 'webhook_configs');

/** What SigNoz takes of a webhook channel (contracts/signoz.md, section 3.2), and nothing that it would drop without a word. */
const Receiver = z.strictObject({
  name: z.string().min(1),
  webhook_configs: z.tuple([
    z.strictObject({
      send_resolved: z.literal(true),
      url: z.url(),
      http_config: z.strictObject({ authorization: z.strictObject({ type: z.literal('Bearer'), credentials: z.string() }) }),
    }),
  ]),
});

let world: ReturnType<typeof webhookWorld>;
let signoz: Signoz;
let base: string;
beforeEach(async () => {
  world = webhookWorld();
  base = `http://127.0.0.1:${await listening(world.app)}`;
  signoz = await startSignoz();
});
afterEach(async () => {
  await signoz.stop();
  await world.app.close();
});

function paste(block: string): Promise<string> {
  const env = { AWOOOI_API_BASE: base, TOKEN: SENDER_TOKEN, SIGNOZ_URL: signoz.url, SIGNOZ_ADMIN_KEY: signoz.adminKey };
  return pasted(block, { env, files: { 'awoooi-channel.json': CHANNEL.replace(URL_OF_PAGE, base) } });
}

it('the channel of docs/senders/signoz.md is one that SigNoz takes whole, and leads to the operator as it is set up', () => {
  const receiver = Receiver.parse(JSON.parse(CHANNEL));
  expect(leadsElsewhere(receiver, configOf('signoz').server.publicUrl ?? '')).toBeUndefined();
});

it('the channel is created, and its test comes through and opens nothing', async () => {
  const created = await paste(blockWith('signoz', 'sh', 'api/v1/channels"'));
  expect(JSON.parse(created)).toMatchObject({ status: 'success', data: { name: 'awoooi', type: 'webhook' } });
  expect(signoz.channelNames()).toEqual(['awoooi']);
  expect(await paste(blockWith('signoz', 'sh', 'channels/test'))).toBe('204');
  expect(world.counted).toContain('POST /api/v1/webhooks/signoz 200');
  expect(world.counted).not.toContain('signoz accepted 1');
});

it('the alert that the page sends by hand is answered as the page says', async () => {
  const answer: unknown = JSON.parse(await paste(blockWith('signoz', 'sh', 'HelloSignoz')));
  const expected: { status: string; is_new: boolean } = JSON.parse(blocksOf('signoz', 'json')[1] ?? '');
  expect(answer).toMatchObject({ status: expected.status, is_new: expected.is_new });
});
