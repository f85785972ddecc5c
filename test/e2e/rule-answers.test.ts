import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault, Received } from '../servers/http-server.ts';
import type { Signoz } from '../servers/signoz.ts';
import { alertRule, rulesOn } from './rule-stage.ts';
import { type RuleWorld, ruleWorld } from './rule-world.ts';
import type { Stage } from './stage.ts';

let world: RuleWorld;
let stage: Stage;
let signoz: Signoz;

beforeAll(async () => {
  world = await ruleWorld('rule-answers');
  ({ stage, signoz } = world);
  await world.operator();
});
afterAll(() => world.stop());

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['lost after SigNoz acted', { is: 'drop-answer' }],
  ['never given, since the connection was reset', { is: 'reset' }],
  ['a 502 of a gateway', { is: 'answer', reply: { status: 502, body: '<html>Bad Gateway</html>' } }],
  ['cut in the middle', { is: 'truncated' }],
];

const isOf =
  (verb: string) =>
  ({ method, path }: Received): boolean =>
    method === verb && /\/rules(\/|$)/.test(path);
const isList = ({ method, path }: Received): boolean => method === 'GET' && path.endsWith('/rules');

/** Breaks the first so many requests of a kind, then no more. */
function breakFirst(times: number, fault: Fault, matches: (request: Received) => boolean): void {
  let left = times;
  signoz.breakWith(fault, request => matches(request) && left-- > 0);
}

const ofObject = (name: string) => world.view.ofObject(name);

describe.each(FAULTS.map(([name, fault], index) => ({ name, fault, object: `rule-${index}` })))(
  'an answer that is $name',
  ({ fault, object }) => {
    it('to a POST makes no second rule', async () => {
      const from = signoz.requests.length;
      breakFirst(2, fault, isOf('POST'));
      await stage.apply(alertRule(object));
      const { status } = await rulesOn(stage).synced(object);
      expect(ofObject(object)).toMatchObject([{ id: status.ruleId }]);
      expect(ofObject(object).length).toBe(1);
      expect(sequence(signoz.requests.slice(from))).not.toMatch(/PP/);
    });

    it('to a PUT leaves what the spec asks for', async () => {
      breakFirst(1, fault, isOf('PUT'));
      await rulesOn(stage).patch(object, { name: 'changed' });
      const { status } = await rulesOn(stage).synced(object);
      expect(ofObject(object)).toMatchObject([{ id: status.ruleId, alert: 'changed' }]);
      expect(status.lastDrift).toBeUndefined();
    });

    it('to a DELETE lets the object go once its rule is gone', async () => {
      const from = signoz.requests.length;
      breakFirst(1, fault, isOf('DELETE'));
      await stage.kubectl('delete', 'sar', object, '--wait=false');
      await rulesOn(stage).gone(object);
      expect(ofObject(object)).toEqual([]);
      expect(signoz.requests.slice(from).filter(isOf('DELETE')).length).toBe(fault.is === 'drop-answer' ? 1 : 2);
    });
  },
);

/** POSTs and lists in their order. */
function sequence(requests: readonly Received[]): string {
  return requests.map(request => (isOf('POST')(request) ? 'P' : isList(request) ? 'L' : '')).join('');
}
