import { PortError } from '../../domain/ports/port-error.ts';
import type { FoundRule, RuleBody, SignozConnection, SignozRules } from '../../domain/ports/signoz-rules.ts';
import { excerpt } from '../../domain/text/excerpt.ts';
import type { OutgoingClient } from '../../net/outgoing.ts';
import { listRules } from './list-rules.ts';
import { liveRule } from './live-rule.ts';
import { apiError } from './refusal.ts';
import { Created, OneRule, Tested } from './schema.ts';
import { type Ask, malformed, SENDING_DEADLINE_MS, type SignozAnswer, type SignozCall, signozAsk } from './signoz-api.ts';
import { storedChannels } from './stored-channels.ts';
import { whyUnsupported } from './too-old.ts';

const RULES = '/api/v2/rules';
/** Any UUID is an id to SigNoz; another text would be a path of its own. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * SignozRules over the outgoing client (contracts/signoz.md, sections 1 and 10). PATCH is not used: what it changes of channels and groups
 * is shown, and not acted upon.
 */
export function signozRules(client: OutgoingClient, now: () => Date): SignozRules {
  async function withAsk<T>(connection: SignozConnection, signal: AbortSignal, work: (ask: Ask) => Promise<T>): Promise<T> {
    const ask = signozAsk({ client, now }, connection, signal);
    try {
      return await work(ask);
    } catch (err) {
      throw err instanceof PortError && err.fault === 'unsupported' ? await whyUnsupported(ask, err) : err;
    }
  }

  return {
    list: (connection, see, signal) => withAsk(connection, signal, ask => listRules(ask, see)),
    get: (connection, id, signal) => withAsk(connection, signal, ask => found(ask, id)),
    create: (connection, body, signal) => withAsk(connection, signal, ask => created(ask, body)),
    replace: (connection, { id, body }, signal) =>
      withAsk(connection, signal, ask => done(ask, { method: 'PUT', path: pathOf(id), body }, 'replaced' as const)),
    remove: (connection, id, signal) =>
      withAsk(connection, signal, ask => done(ask, { method: 'DELETE', path: pathOf(id) }, 'removed' as const)),
    test: (connection, body, signal) => withAsk(connection, signal, ask => tested(ask, body)),
    channelNames: (connection, signal) => withAsk(connection, signal, async ask => (await storedChannels(ask)).map(({ name }) => name)),
  };
}

function pathOf(id: string): string {
  if (UUID.test(id)) return `${RULES}/${id}`;
  throw new PortError(
    'rejected',
    `${excerpt(id, [], 60)} is no id of a SigNoz rule: give the UUID that the rule's page has in its address`,
  );
}

async function found(ask: Ask, id: string): Promise<FoundRule> {
  const answer = await ask({ method: 'GET', path: pathOf(id) });
  if (answer.is === 'error') {
    if (isGone(answer)) return { is: 'gone' };
    if (answer.status === 400) return { is: 'unreadable', message: answer.message };
    throw apiError(answer);
  }
  const rule = liveRule(OneRule.safeParse(answer.body).data?.data);
  if (rule?.id.toLowerCase() === id.toLowerCase()) return { is: 'found', rule };
  throw malformed(`What SigNoz shows of rule ${id}`, answer.status);
}

async function created(ask: Ask, body: RuleBody): Promise<string> {
  const answer = await ask({ method: 'POST', path: RULES, body });
  if (answer.is === 'error') throw apiError(answer);
  const made = Created.safeParse(answer.body);
  if (made.success) return made.data.data.id;
  throw malformed('The answer to the new rule, which may be stored,', answer.status);
}

async function done<T>(ask: Ask, call: SignozCall, outcome: T): Promise<T | 'gone'> {
  const answer = await ask(call);
  if (answer.is === 'success') return outcome;
  if (isGone(answer)) return 'gone';
  throw apiError(answer);
}

/** Only SigNoz's own word counts: the 404 of whoever else is no news of the rule. */
function isGone(answer: SignozAnswer): boolean {
  return answer.is === 'error' && answer.status === 404 && answer.code === 'not_found';
}

async function tested(ask: Ask, body: RuleBody): Promise<number> {
  // Without labels to write into, SigNoz panics.
  const labelled = { ...body, labels: body['labels'] ?? {} };
  const answer = await ask({ method: 'POST', path: `${RULES}/test`, body: labelled, deadlineMs: SENDING_DEADLINE_MS });
  if (answer.is === 'error') throw apiError(answer);
  const said = Tested.safeParse(answer.body);
  if (said.success) return said.data.data.alertCount;
  throw malformed("The answer to the rule's test", answer.status);
}
