import { expect } from 'vitest';
import { signozRules } from '../../src/adapters/signoz/rules.ts';
import type { LiveRule, SignozConnection, SignozRules } from '../../src/domain/ports/signoz-rules.ts';
import { outgoingClient } from '../../src/net/outgoing.ts';
import { startHttpServer } from '../servers/http-server.ts';
import { startSignoz } from '../servers/signoz.ts';
import { postableRule } from './signoz-rule.ts';

/** What a channel of the stand-in has for a credential. */
export const CREDENTIAL = 'webhook-cr3dential';
/** A rule's id that no rule has. */
export const NOBODY = '0198c0de-0000-7000-8000-000000000000';
export const NOW = new Date('2026-11-26T10:00:00.000Z');

type AnyCall = readonly [name: string, call: (rules: SignozRules, at: SignozConnection) => Promise<unknown>];
const { signal } = new AbortController();

/** Each thing that can be asked, once. */
export const anyCall: readonly AnyCall[] = [
  ['list', (rules, at) => rules.list(at, () => {}, signal)],
  ['get', (rules, at) => rules.get(at, NOBODY, signal)],
  ['create', (rules, at) => rules.create(at, postableRule(), signal)],
  ['replace', (rules, at) => rules.replace(at, { id: NOBODY, body: postableRule() }, signal)],
  ['remove', (rules, at) => rules.remove(at, NOBODY, signal)],
  ['test', (rules, at) => rules.test(at, postableRule(), signal)],
  ['channelNames', (rules, at) => rules.channelNames(at, signal)],
];

export type SignozRulesWorld = Awaited<ReturnType<typeof signozRulesWorld>>;

/** The port SignozRules in front of a stand-in below `/signoz`, with two channels that work. */
export async function signozRulesWorld() {
  const webhook = await startHttpServer({ handle: () => ({ status: 200, body: '' }) });
  const hook = { url: webhook.url, http_config: { authorization: { type: 'Bearer', credentials: CREDENTIAL } } };
  const channels = ['ops-hook', 'second'].map(name => ({ name, webhook_configs: [hook] }));
  const signoz = await startSignoz({ basePath: '/signoz', channels, now: () => NOW });
  const client = outgoingClient();
  const connection: SignozConnection = { url: signoz.url, apiKey: signoz.editorKey };
  const rules = signozRules(client, () => NOW);

  return {
    signoz,
    channels,
    client,
    connection,
    rules,
    created: (over: object = {}) => rules.create(connection, postableRule(over), signal),
    async found(id: string): Promise<LiveRule> {
      const answer = await rules.get(connection, id, signal);
      if (answer.is !== 'found') throw new Error(`rule ${id} is ${answer.is}`);
      return answer.rule;
    },
    async listed(at = connection): Promise<LiveRule[]> {
      const seen: LiveRule[] = [];
      await rules.list(at, rule => seen.push(rule), signal);
      return seen;
    },
    /** From now on everything is answered so. */
    answer: (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
      signoz.breakWith({ is: 'answer', reply: { status, body, headers } }),
    /** What a call failed with: nothing of it may hold a secret. */
    async failure(calling: Promise<unknown>): Promise<Error> {
      const err = await calling.then(
        said => said,
        (reason: unknown) => reason,
      );
      if (!(err instanceof Error)) throw new Error(`not an error: ${JSON.stringify(err)}`);
      const shown = `${err.stack} ${JSON.stringify(err)} ${String(err.cause)}`;
      for (const secret of [CREDENTIAL, signoz.editorKey]) expect(shown).not.toContain(secret);
      return err;
    },
    stop: async (): Promise<void> => {
      await client.close();
      await signoz.stop();
      await webhook.stop();
    },
  };
}

/** SigNoz's error envelope. */
export const refusal = (code: string, over: object = {}) => ({
  status: 'error',
  error: { type: 't', code, message: `says ${code}`, ...over },
});
