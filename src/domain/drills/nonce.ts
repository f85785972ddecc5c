import { randomInt } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 26;

/** What a nonce looks like; `g` is left to the caller. */
export const NONCE_PATTERN = /^[a-z0-9]{26}$/;

/** 26 lower-case letters and digits, 134 bits: nobody guesses one that is live. */
export function newNonce(random: (below: number) => number = randomInt): string {
  return Array.from({ length: LENGTH }, () => ALPHABET.charAt(random(ALPHABET.length))).join('');
}
