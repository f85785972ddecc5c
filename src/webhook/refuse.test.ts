import { expect, it } from 'vitest';
import { canaryLabels, v4, webhookWorld } from '../../test/builders/webhook-world.ts';
import { eventually } from '../../test/parts/eventually.ts';

const URL = '/api/v1/webhooks/alertmanager';
const NONCE = 'abcdefghijklmnopqrstuvwxyz';

it.each<[string, string, object]>([
  ['the nonce of a canary', JSON.stringify(v4(canaryLabels(NONCE))), { nonces: [NONCE], bodyRead: true }],
  ['that alerts were no canary', JSON.stringify(v4({ alertname: 'Disk' })), { nonces: [], bodyRead: true }],
  ['nothing of a body without labels', '{"text":"a receiver’s own body"}', { nonces: [], bodyRead: false }],
  ['nothing of an empty body', '', { nonces: [], bodyRead: false }],
  [
    'nothing of what lies beyond the part that is searched',
    JSON.stringify(v4({ alertname: 'Disk', text: 'x'.repeat(300_000) })),
    { nonces: [], bodyRead: false },
  ],
])('keeps of a refused body %s', async (_, payload, expected) => {
  const world = webhookWorld();
  const answer = await world.app.inject({ method: 'POST', url: URL, payload, headers: { authorization: 'Bearer wrong' } });
  expect(answer.statusCode).toBe(401);
  const [refusal] = await eventually(async () => {
    const found = await world.drills.refusalsSince(new Date(0), AbortSignal.timeout(5000));
    return found.length > 0 && found;
  });
  expect(refusal).toMatchObject(expected);
});
