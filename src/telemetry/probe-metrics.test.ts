import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { probeMetrics } from './probe-metrics.ts';
import { metrics } from './registry.ts';

const finishedAt = new Date('2026-01-01T00:00:10Z');

function world() {
  const page = metrics({ process: false });
  return {
    probes: probeMetrics(page),
    lines: async () => (await text((await page.page()).pieces)).split('\n').filter(line => !line.startsWith('#')),
  };
}

/** All that is said of single probes. */
const ofProbes = (lines: readonly string[]): string[] => lines.filter(line => line.includes('probe="'));

const withLabels = 'namespace="prod",probe="chain"';

it('has every series of a probe from its registration, and none after its removal', async () => {
  const { probes, lines } = world();
  probes.register('prod', 'chain', ['api', 'paging']);
  const present = await lines();
  expect(present).toContain(`awoooi_probe_hop_result{${withLabels},hop="paging"} -1`);
  expect(present).toContain(`awoooi_probe_hop_last_success_timestamp_seconds{${withLabels},hop="api"} 0`);
  expect(present).toContain(`awoooi_probe_hop_latency_seconds_count{${withLabels},hop="api"} 0`);
  expect(present).toContain(`awoooi_probe_runs_total{${withLabels},result="failed"} 0`);
  expect(present).toContain(`awoooi_probe_heartbeats_total{${withLabels},result="sent"} 0`);
  expect(present).toContain(`awoooi_probe_heartbeats_total{${withLabels},result="failed"} 0`);
  expect(present).toContain(`awoooi_probe_consecutive_failures{${withLabels}} 0`);
  expect(present).toContain(`awoooi_probe_run_lateness_seconds_bucket{${withLabels},le="+Inf"} 0`);
  probes.remove('prod', 'chain');
  expect(ofProbes(await lines())).toEqual([]);
});

it('counts a run, hop by hop', async () => {
  const { probes, lines } = world();
  probes.register('prod', 'chain', ['api', 'paging', 'telegram']);
  const hops = [
    { name: 'api', result: 'Passed', latencyMs: 100 },
    { name: 'paging', result: 'Failed', latencyMs: 7_000 },
    { name: 'telegram', result: 'Unknown' },
  ] as const;
  probes.observe({ namespace: 'prod', name: 'chain', passed: false, consecutiveFailures: 3, result: { finishedAt, hops } });
  probes.late('prod', 'chain', 0.2);
  const counted = await lines();
  const hop = (name: string): string => `{${withLabels},hop="${name}"}`;
  expect(counted).toEqual(
    expect.arrayContaining([
      `awoooi_probe_hop_result${hop('api')} 1`,
      `awoooi_probe_hop_result${hop('paging')} 0`,
      `awoooi_probe_hop_result${hop('telegram')} -1`,
      `awoooi_probe_hop_last_success_timestamp_seconds${hop('api')} ${finishedAt.getTime() / 1000}`,
      `awoooi_probe_hop_last_success_timestamp_seconds${hop('paging')} 0`,
      `awoooi_probe_hop_latency_seconds_bucket{${withLabels},hop="api",le="0.05"} 0`,
      `awoooi_probe_hop_latency_seconds_bucket{${withLabels},hop="api",le="0.1"} 1`,
      `awoooi_probe_hop_latency_seconds_bucket{${withLabels},hop="paging",le="5"} 0`,
      `awoooi_probe_hop_latency_seconds_bucket{${withLabels},hop="paging",le="+Inf"} 1`,
      `awoooi_probe_hop_latency_seconds_sum${hop('paging')} 7`,
      `awoooi_probe_runs_total{${withLabels},result="failed"} 1`,
      `awoooi_probe_runs_total{${withLabels},result="passed"} 0`,
      `awoooi_probe_consecutive_failures{${withLabels}} 3`,
      `awoooi_probe_run_lateness_seconds_count{${withLabels}} 1`,
    ]),
  );
});

const judgements = (values: readonly string[]): string[] =>
  ['chain_healthy', 'suspended', 'maintenance', 'next_run_timestamp_seconds'].flatMap((name, at) => [name, values[at] ?? '']);

const probesBy = (...counts: readonly number[]): string[] =>
  ['True', 'False', 'Unknown'].map((status, at) => `awoooi_alert_chain_probes{chain_healthy="${status}"} ${counts[at]}`);

it('says what stands of a probe, and that nothing is known of it before its first turn', async () => {
  const { probes, lines } = world();
  probes.register('prod', 'chain', ['api']);
  const judged = async (): Promise<string[]> => {
    const found = (await lines()).flatMap(
      line => /^awoooi_probe_(chain_healthy|suspended|maintenance|next_run_\w+)\{.*\} (.*)$/.exec(line) ?? [],
    );
    return found.filter((_, at) => at % 3 !== 0);
  };
  expect(await judged()).toEqual(judgements(['-1', '0', '0', '0']));
  probes.judge('prod', 'chain', { healthy: 'True', suspended: false, maintenance: true, nextRunTime: '2026-01-01T00:00:00Z' });
  expect(await judged()).toEqual(judgements(['1', '0', '1', '1767225600']));
  probes.judge('prod', 'chain', { healthy: 'False', suspended: true, maintenance: false });
  expect(await judged()).toEqual(judgements(['0', '1', '0', '0']));
  probes.judge('prod', 'gone', { healthy: 'True', suspended: false, maintenance: false });
  expect((await lines()).join()).not.toContain('gone');
});

it('counts probes by their verdict wherever they are run, from the start', async () => {
  const { probes, lines } = world();
  const counted = async (): Promise<string[]> => (await lines()).filter(line => line.startsWith('awoooi_alert_chain_probes'));
  expect(await counted()).toEqual(probesBy(0, 0, 0));
  probes.readFrom(() => ['True', 'Unknown', 'True']);
  expect(await counted()).toEqual(probesBy(2, 0, 1));
});

it('counts the pings that arrived and those that did not', async () => {
  const { probes, lines } = world();
  probes.register('prod', 'chain', ['api']);
  for (const result of ['sent', 'failed', 'failed'] as const) probes.heartbeat('prod', 'chain', result);
  probes.heartbeat('prod', 'gone', 'failed');
  expect((await lines()).filter(line => line.startsWith('awoooi_probe_heartbeats_total'))).toEqual([
    `awoooi_probe_heartbeats_total{${withLabels},result="sent"} 1`,
    `awoooi_probe_heartbeats_total{${withLabels},result="failed"} 2`,
  ]);
});

it('keeps the counts of hops that stay, and drops those of hops that went', async () => {
  const { probes, lines } = world();
  probes.register('prod', 'chain', ['api', 'old']);
  const hops = [{ name: 'api', result: 'Passed', latencyMs: 1 }] as const;
  probes.observe({ namespace: 'prod', name: 'chain', passed: true, consecutiveFailures: 0, result: { finishedAt, hops } });
  probes.register('prod', 'chain', ['api', 'new']);
  const text = (await lines()).join('\n');
  expect(text).toContain('awoooi_probe_hop_result{namespace="prod",probe="chain",hop="api"} 1');
  expect(text).toContain('hop="new"');
  expect(text).not.toContain('hop="old"');
});

it('counts nothing for a probe that is gone: a run that ends late must not bring its series back', async () => {
  const { probes, lines } = world();
  probes.register('prod', 'chain', ['api']);
  probes.remove('prod', 'chain');
  const hops = [{ name: 'api', result: 'Passed', latencyMs: 1 }] as const;
  probes.observe({ namespace: 'prod', name: 'chain', passed: true, consecutiveFailures: 0, result: { finishedAt, hops } });
  probes.late('prod', 'chain', 1);
  expect(ofProbes(await lines())).toEqual([]);
});

it('takes over what the status says, until it has run the hop itself', async () => {
  const { probes, lines } = world();
  const restored = { hops: [{ name: 'api', result: 'Passed', lastSuccessTime: '2026-01-01T00:00:00Z' }] } as const;
  const success = async (): Promise<string | undefined> => (await lines()).find(line => line.startsWith('awoooi_probe_hop_last_success'));
  probes.restore('prod', 'chain', restored);
  expect(await success()).toBeUndefined();
  probes.register('prod', 'chain', ['api']);
  probes.restore('prod', 'chain', restored);
  expect(await success()).toBe(`awoooi_probe_hop_last_success_timestamp_seconds{${withLabels},hop="api"} 1767225600`);
  const hops = [{ name: 'api', result: 'Passed', latencyMs: 1 }] as const;
  probes.observe({ namespace: 'prod', name: 'chain', passed: true, consecutiveFailures: 0, result: { finishedAt, hops } });
  probes.restore('prod', 'chain', restored);
  expect(await success()).toBe(`awoooi_probe_hop_last_success_timestamp_seconds{${withLabels},hop="api"} 1767225610`);
});

it('takes over how many runs have failed in a row, until it has ended one itself', async () => {
  const { probes, lines } = world();
  const failures = async (): Promise<string | undefined> =>
    (await lines()).find(line => line.startsWith('awoooi_probe_consecutive_failures'));
  probes.register('prod', 'chain', ['api']);
  probes.restore('prod', 'chain', { consecutiveFailures: 7 });
  expect(await failures()).toBe(`awoooi_probe_consecutive_failures{${withLabels}} 7`);
  const hops = [{ name: 'api', result: 'Passed' }] as const;
  probes.observe({ namespace: 'prod', name: 'chain', passed: true, consecutiveFailures: 0, result: { finishedAt, hops } });
  probes.restore('prod', 'chain', { consecutiveFailures: 7 });
  expect(await failures()).toBe(`awoooi_probe_consecutive_failures{${withLabels}} 0`);
});

it('shows nothing of any probe once cleared', async () => {
  const { probes, lines } = world();
  probes.register('prod', 'chain', ['api']);
  probes.clear();
  expect(ofProbes(await lines())).toEqual([]);
});
