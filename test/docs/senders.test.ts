import { describe, expect, it } from 'vitest';
import { CliVariables, OperatorVariables } from '../../src/config/load.ts';
import { variablesOf } from '../../src/config/variable.ts';
import { operatorOf } from '../chart/surroundings-of.ts';
import { rendered } from '../chart/rendered.ts';
import { chartValuesIn, configOf, pageOf, SENDERS, variablesIn } from './sender-page.ts';

function namesOf(slices: Parameters<typeof variablesOf>[0]): string[] {
  return variablesOf(slices).flatMap(({ facts }) => (facts.secret ? [facts.env, `${facts.env}_FILE`] : [facts.env]));
}

const OPERATOR = new Set(namesOf(OperatorVariables));
/** What the commands of the pages set or read besides; the first is a key of the chart's Secret. */
const ALSO = new Set(['AWOOOI_WEBHOOK_TOKEN', ...namesOf(CliVariables), 'SIGNOZ_ADMIN_KEY', 'SENTRY_DISALLOWED_IPS']);

const isFile = (name: string): boolean => name.endsWith('_FILE');

describe.each(SENDERS)('docs/senders/%s.md', sender => {
  it('sets variables that the operator has, to values that it takes', () => {
    expect(Object.keys(variablesIn(sender)).filter(name => !OPERATOR.has(name))).toEqual([]);
    expect(() => configOf(sender)).not.toThrow();
  });

  it('says by values of the chart what its variables say', async () => {
    const chart = await rendered({ name: sender, values: chartValuesIn(sender) });
    const env = Object.fromEntries(operatorOf(chart).spec.containers.flatMap(each => each.env.map(({ name, value }) => [name, value])));
    const variables = Object.entries(variablesIn(sender));
    expect(variables.filter(([name]) => !(name in env))).toEqual([]);
    expect(env).toMatchObject(Object.fromEntries(variables.filter(([name]) => !isFile(name))));
  });

  it('names no variable that does not exist', () => {
    const named = pageOf(sender).match(/\b(?:AWOOOI|TG|SENTRY|SIGNOZ|REDIS)_[A-Z_]+\b/g) ?? [];
    expect([...new Set(named)].filter(name => !OPERATOR.has(name) && !ALSO.has(name))).toEqual([]);
  });

  it('says how to check it, and what to do when it does not work', () => {
    expect(pageOf(sender)).toMatch(/^## 4\. Does it work\?$/m);
    expect(pageOf(sender)).toMatch(/^ {4}awoooi trace /m);
    expect(pageOf(sender).match(/^\| [^|]+ \| [^|]+ \|$/gm)?.length).toBeGreaterThan(8);
  });
});

it('what the page of Telegram sets is what it says', () => {
  const { telegram, server, alertmanagers } = configOf('telegram');
  expect(telegram).toMatchObject({
    chat: { chatId: '-1001234567890' },
    severityChats: [
      { key: 'critical', chat: { chatId: '-1001234567891', threadId: 7 } },
      { key: 'info', chat: { chatId: '-1001234567892' } },
    ],
    labelChats: [
      { label: 'team', value: 'payments', chat: { chatId: '-1001234567894' } },
      { label: 'namespace', value: 'shop', chat: { chatId: '-1001234567895', threadId: 3 } },
    ],
    escalationChat: { chatId: '-1001234567893' },
    allowedUsers: [11_111_111, 22_222_222],
    criticalRepeatAfterMs: 600_000,
    criticalEscalateAfterMs: 1_200_000,
    quietHours: { from: 22 * 60, to: 7 * 60, timeZone: 'Asia/Taipei' },
    stormThreshold: 20,
    updates: 'webhook',
  });
  expect(telegram.webhookSecrets.current()).toEqual(['webhook-secret-0123']);
  expect([server.publicUrl, alertmanagers.urls.length]).toEqual(['https://awoooi.example.com', 1]);
});
