import { afterEach, describe, expect, it } from 'vitest';
import { INTAKE_EFFECTS } from '../config/slices/faults.ts';
import { loadConfig } from '../config/load.ts';
import { outgoingClient } from '../net/outgoing.ts';
import type { Logger } from '../telemetry/logger.ts';
import { metrics } from '../telemetry/registry.ts';
import { type At, endsAt, recordsAt } from './delivery-failpoints.ts';
import { deliveryPorts } from './delivery-ports.ts';
import { stores } from './stores.ts';

const now = (): Date => new Date();
const log: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };

/** What changes nothing anywhere. */
const READS = [
  'incidents find list newest settled trace',
  'outbox waiting dead depth onWork',
  'chain broken',
  'cards status',
  'sentry findNote issuesSince',
  'adviser advise',
];
/** What is given out for a time, and comes back by itself from whoever dies. */
const GIVEN_OUT = ['outbox take', 'pressLog claim release'];
/**
 * Stores of paces, sightings and sums, which say nothing of what was done; drills have failpoints of their own, nobody is told by learning, and what
 * was promoted is found again by its playbook.
 */
const NO_DEEDS = [
  'redis',
  'drills',
  'intake',
  'watchdogs',
  'lastGood',
  'learning',
  'promoted',
  'drillApprovals',
  'sendRate',
  'storms',
  'questions',
  'close',
];

const cleanups: (() => unknown)[] = [];
afterEach(() => Promise.all(cleanups.splice(0).map(cleanup => cleanup())));

const none: At = () => new Promise(() => {});

/** All that the operator has, none of it within reach. */
function parts() {
  const env = { KUBECONFIG: '/kubeconfig', AWOOOI_ALLOW_UNAUTHENTICATED: 'true', REDIS_URL: 'redis://127.0.0.1:1' };
  const loaded = loadConfig({ env, readFile: () => '' });
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'));
  const { config } = loaded;
  const outgoing = outgoingClient();
  const kept = stores({ config, replica: 'replica', page: metrics({ process: false }), log, now });
  cleanups.push(
    () => outgoing.close(),
    () => kept.close(),
  );
  return { kept, ports: deliveryPorts({ config, stores: kept, outgoing, now }) };
}

const named = (lists: readonly string[]): string[] =>
  lists.flatMap(list => {
    const [port, ...methods] = list.split(' ');
    return methods.map(method => `${port}.${method}`);
  });

/** Calls every method that is not excepted. Which effects that had, by the method. */
function effectsOf(given: (at: At) => object): Map<string, string[]> {
  const excepted = new Set(named([...READS, ...GIVEN_OUT]));
  const found = new Map<string, string[]>();
  let current: string[] = [];
  const ports = given(effect => {
    current.push(effect);
    return new Promise(() => {});
  });
  for (const [name, port] of members(ports)) {
    for (const [method, call] of members(port)) {
      if (excepted.has(`${name}.${method}`)) continue;
      current = [];
      if (typeof call === 'function') Reflect.apply(call, port, [{}, {}, AbortSignal.abort()]);
      found.set(`${name}.${method}`, current);
    }
  }
  return found;
}

function members(of: unknown): [string, unknown][] {
  return typeof of === 'object' && of !== null ? Object.entries(of) : [];
}

describe('every effect on the way from an alert to those who are told', () => {
  it('has a name by which a test can kill there, and no two have the same', () => {
    const { kept, ports } = parts();
    const effects = new Map([...effectsOf(at => endsAt(ports, at)), ...effectsOf(at => recordsAt(kept, at))]);
    expect([...effects].filter(([, names]) => names.length !== 1)).toEqual([]);
    expect([...effects.values()].flat().toSorted()).toEqual([...INTAKE_EFFECTS].toSorted());
  });

  it('is one on a store or an end that is looked at above', () => {
    const { kept, ports } = parts();
    const recorded = Object.keys(recordsAt(kept, none));
    expect(Object.keys(kept).filter(name => !recorded.includes(name) && !NO_DEEDS.includes(name))).toEqual([]);
    expect(Object.keys(ports).filter(name => !(name in kept) && !(name in endsAt(ports, none)))).toEqual([]);
  });
});
