import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentId } from '../incidents/partition.ts';
import { buttonSecret, PRESS_ACTIONS, proposalIn, proposalSubject, signedPress, verifiedPress } from './press-data.ts';

const subject = incidentId('v1-7000000000000000', 'abcdefghijklm');
const wish = { action: 'acknowledge' as const, subject, chatId: '-1001234567890' };
const data = signedPress(wish, 'secret-one');

describe('callback data', () => {
  it.each(PRESS_ACTIONS)('for %s is at most 64 bytes, and read again', action => {
    const longest = { action, subject: 'x'.repeat(36), chatId: '-1001234567890' };
    const signed = signedPress(longest, 'secret-one');
    expect(Buffer.byteLength(signed)).toBeLessThanOrEqual(64);
    expect(verifiedPress(signed, longest.chatId, ['secret-two', 'secret-one'])).toEqual(longest);
  });

  it('names the incident, and ends in 22 characters of signature', () => {
    expect(data).toMatch(/^a:inc-07-abcdefghijklm:[\w-]{22}$/);
  });

  it.each([
    ['for another chat', data, '-1001234567891', ['secret-one']],
    ['with another secret', data, wish.chatId, ['secret-two']],
    ['with no secret', data, wish.chatId, []],
    ['with an empty secret', signedPress(wish, ''), wish.chatId, ['']],
    ['with another action', data.replace(/^a:/, 's1:'), wish.chatId, ['secret-one']],
    ['with an unknown action', data.replace(/^a:/, 'z:'), wish.chatId, ['secret-one']],
    ['for another incident', data.replace('inc-07', 'inc-08'), wish.chatId, ['secret-one']],
    ['with half a signature', data.slice(0, -1), wish.chatId, ['secret-one']],
    ['of another bot', 'menu:1', wish.chatId, ['secret-one']],
    ['that is empty', '', wish.chatId, ['secret-one']],
  ])('%s is none of ours', (_, given, chatId, secrets) => {
    expect(verifiedPress(given, chatId, secrets)).toBeUndefined();
  });

  it('cannot be made up', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), given => {
        expect(verifiedPress(given, wish.chatId, ['secret-one'])).toBeUndefined();
      }),
    );
  });
});

it('a proposal names the incident and what was shown, within what a button holds', () => {
  const proposal = proposalSubject(subject, '0a1b2c3d');
  expect(proposal.length).toBeLessThanOrEqual(36);
  expect(verifiedPress(signedPress({ action: 'propose', subject: proposal, chatId: '-1' }, 's'), '-1', ['s'])?.subject).toBe(proposal);
  expect(proposalIn(proposal)).toEqual({ incidentId: subject, mark: '0a1b2c3d' });
  expect(proposalIn(subject)).toBeUndefined();
});

it('is signed with a secret that the bot token gives, and that does not give the token away', () => {
  expect(buttonSecret('1:a')).toBe(buttonSecret('1:a'));
  expect(buttonSecret('1:a')).not.toBe(buttonSecret('1:b'));
  expect(buttonSecret('1:a-longer-token')).not.toContain('a-longer-token');
});
