import { closedCli } from '../../test/builders/closed-cli.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { hopWorld } from '../../test/chain/world.ts';
import { passed } from '../chain/hop.ts';
import { HOPS } from '../chain/table.ts';
import type { AlertChainProbe } from '../crds/alertchainprobe/kind.ts';
import { parseAlertChainProbe } from '../crds/alertchainprobe/parse.ts';
import { PortError } from '../domain/ports/port-error.ts';
import type { ProbeTrigger } from '../domain/ports/probe-trigger.ts';
import type { CliDeps, Output } from './deps.ts';
import { awoooi } from './program.ts';
import { progress } from './progress.ts';

interface Screen extends Output {
  readonly text: () => string;
}

function screen(isTTY = false): Screen {
  const written: string[] = [];
  return { isTTY, write: text => void written.push(text), text: () => written.join('') };
}

let stdout: Screen;
let stderr: Screen;
let closed: number;

beforeEach(() => {
  stdout = screen();
  stderr = screen();
  closed = 0;
});

const TOKEN = 'run-token-1';

function probe(ready: 'True' | 'False', over: { readonly runToken?: string } = {}): AlertChainProbe {
  const parsed = parseAlertChainProbe({
    apiVersion: 'awoooi.io/v1alpha1',
    kind: 'AlertChainProbe',
    metadata: { name: 'production', namespace: 'monitoring' },
    spec: { schedule: { every: '5m' }, hops: [{ name: 'dog', type: 'Watchdog', watchdog: {} }], runToken: over.runToken ?? TOKEN },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: ready,
          reason: ready === 'True' ? 'AllHopsPassed' : 'Silenced',
          message: 'so it is.',
          observedGeneration: 1,
          lastTransitionTime: '2026-03-01T12:00:00Z',
        },
      ],
    },
  });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.probe;
}

const ASKED = { uid: 'u-1', generation: 2, suspended: false };
const ready: ProbeTrigger = { setRunToken: async () => ASKED, waitFor: async () => ({ is: 'ended', probe: probe('True') }) };

const SUSPENDED = 'monitoring/production: the probe is suspended, so no run comes; set spec.suspend to false';

const untilAborted: ProbeTrigger['waitFor'] = (_, __, signal) =>
  new Promise(resolve => {
    signal.addEventListener('abort', () => resolve({ is: 'pending' }), { once: true });
  });

function run(args: readonly string[], { trigger = ready, ...over }: Partial<CliDeps> & { readonly trigger?: ProbeTrigger } = {}) {
  return awoooi(
    args,
    closedCli({
      stdout,
      stderr,
      openTrigger: async () => ({ ok: true, value: { trigger, close: async () => void closed++ } }),
      newRunToken: () => TOKEN,
      monotonic: () => performance.now(),
      ...over,
    }),
  );
}

describe('operator', () => {
  it.each([0, 1, 2])('ends with the exit status %i of the operator', async status => {
    expect(await run(['operator'], { operator: async () => status })).toBe(status);
  });
});

describe('probe trigger', () => {
  const args = ['probe', 'trigger', 'monitoring/production'];

  it('sets the token and says it', async () => {
    const asked: unknown[] = [];
    const trigger = { ...ready, setRunToken: async (...given: unknown[]) => (asked.push(given.slice(0, 2)), ASKED) };
    expect(await run(args, { trigger })).toBe(0);
    expect(asked).toEqual([[{ namespace: 'monitoring', name: 'production' }, TOKEN]]);
    expect(stdout.text()).toContain(TOKEN);
    expect(closed).toBe(1);
  });

  it.each([
    ['True', 0, 'monitoring/production: Ready, AllHopsPassed: so it is.\n'],
    ['False', 1, 'monitoring/production: not Ready, Silenced: so it is.\n'],
  ] as const)('waits, and with Ready=%s ends with %i', async (is, status, said) => {
    const trigger: ProbeTrigger = { ...ready, waitFor: async () => ({ is: 'ended', probe: probe(is) }) };
    expect(await run([...args, '--wait'], { trigger })).toBe(status);
    expect(stdout.text()).toBe(said);
  });

  it('says of a suspended probe when its run comes, if nobody waits', async () => {
    expect(await run(args, { trigger: { ...ready, setRunToken: async () => ({ ...ASKED, suspended: true }) } })).toBe(0);
    expect(stdout.text()).toContain('it comes when spec.suspend is false again');
  });

  it('gives up waiting after its timeout', async () => {
    expect(await run([...args, '--wait', '--timeout', '100ms'], { trigger: { ...ready, waitFor: untilAborted } })).toBe(1);
    expect(stderr.text()).toContain('the run that was asked for did not end within 0.1 s; is the operator running?');
    expect(closed).toBe(1);
  });

  it.each<[string, Partial<ProbeTrigger>, number, string]>([
    ['there is no such probe', { setRunToken: async () => undefined }, 2, 'there is no AlertChainProbe monitoring/production'],
    ['it is deleted meanwhile', { waitFor: async () => ({ is: 'gone' }) }, 2, 'was deleted meanwhile'],
    [
      'the API server is away',
      { setRunToken: () => Promise.reject(new PortError('unreachable', 'no route')) },
      1,
      'monitoring/production: no route',
    ],
    [
      'the API server was away at the end',
      { waitFor: async () => ({ is: 'pending', failure: new PortError('unavailable', 'reading it: 503') }) },
      1,
      'did not end within 300 s; reading it: 503',
    ],
    ['it is suspended', { setRunToken: async () => ({ ...ASKED, suspended: true }), waitFor: untilAborted }, 1, SUSPENDED],
    ['it is suspended meanwhile', { waitFor: async () => ({ is: 'suspended' }) }, 1, SUSPENDED],
  ])('says so when %s', async (_, own, status, said) => {
    expect(await run([...args, '--wait'], { trigger: { ...ready, ...own } })).toBe(status);
    expect(stderr.text()).toContain(said);
    expect(closed).toBe(1);
  });
});

describe('progress', () => {
  const hops = ['a', 'b'];

  it('says on a terminal what is awaited, and wipes it', async () => {
    const to = screen(true);
    const shown = progress({ ...HOPS, Health: async hop => passed(hop, 'well') }, { to, probe: 'ns/x', hops });
    const request = { namespace: 'ns', name: 'x', runId: '', spec: probe('True').spec };
    const [hop] = request.spec.hops;
    if (!hop) throw new Error('no hop');
    const world = hopWorld();
    const { signal } = new AbortController();
    const ctx = { request, ports: world.ports, signal, startedAt: new Date(), elapsedMs: () => 0, timeoutMs: 1000 };
    await shown.table.Health({ ...hop, name: 'a' }, ctx);
    await world.close();
    expect(to.text()).toContain('ns/x: 0 of 2 hops done; waiting for a, b');
    expect(to.text()).toContain('ns/x: 1 of 2 hops done; waiting for b');
    shown.end();
    expect(to.text().endsWith('\r\u001b[2K')).toBe(true);
  });

  it('says nothing where nobody watches', () => {
    const to = screen(false);
    progress(HOPS, { to, probe: 'ns/x', hops }).end();
    expect(to.text()).toBe('');
  });
});
