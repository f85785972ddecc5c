import { setTimeout as pause } from 'node:timers/promises';
import { nextRun } from '../src/domain/schedule/next-run.ts';
import { eventually } from '../test/parts/eventually.ts';
import { type HttpServer, startHttpServer } from '../test/servers/http-server.ts';
import { metricsPage } from './metrics-page.ts';
import { type CreatedProbe, createProbes, listProbes } from './probes.ts';
import { quantile } from './quantile.ts';
import { atMost, type Bench, type BenchResult, type Keep } from './result.ts';
import { raiseStage } from './stage.ts';
import { cpuSeconds } from './usage.ts';

const PROBES = 1_000;
const SCHEDULE = { every: '60s' };
const EVERY_MS = 60_000;
const WINDOW_MS = 5 * EVERY_MS;
/** A run that has not reached its target so long after its time counts as lost. */
const LOST_AFTER_MS = 30_000;

/**
 * 1,000 probes of one Health hop, every 60 s, for five minutes. When each run is due follows from the probe's uid; when it came is when its
 * request reached the target: the lateness holds the record of intent, the wait for the cache to show it, and the request itself. A due time
 * without a request within 30 s is a lost run.
 */
export const schedule: Bench = {
  name: 'schedule',
  what: '1,000 probes of one Health hop every 60 s, for five minutes: how late they run, and whether one is lost',
  takes: '6.5 minutes',
  run,
};

async function run(keep: Keep): Promise<BenchResult[]> {
  const stage = await raiseStage(keep);
  const { server, arrivals } = await countingTarget(keep);
  const operator = await stage.operator({ env: { LOG_LEVEL: 'warn' } });
  const namespace = await stage.cluster.freshNamespace('scheduled');
  const hops = [{ name: 'health', type: 'Health' }];
  const specOf = (index: number) => ({ schedule: SCHEDULE, target: { url: `${server.url}/probe-${index}` }, hops });
  const created = await createProbes(stage.client, { namespace, count: PROBES, specOf });
  // All have had their first run, which comes within ten seconds of the creation: the schedule alone is what follows.
  const started = async (): Promise<boolean> =>
    (await listProbes(stage.client, namespace)).items.every(({ status }) => status.runToken !== undefined);
  await eventually(started, { withinMs: 120_000, everyMs: 2_000 });

  const begin = new Date();
  const cpuBefore = cpuSeconds(operator.process().pid);
  await pause(WINDOW_MS + LOST_AFTER_MS);
  const share = (cpuSeconds(operator.process().pid) - cpuBefore) / ((WINDOW_MS + LOST_AFTER_MS) / 1_000);
  const page = await metricsPage(operator.opsUrl);
  console.log(`  the operator used ${(share * 100).toFixed(0)} % of a core; runs counted by itself: ${page('awoooi_probe_runs_total')}`);

  const due = created.flatMap(({ name, uid }) => lateness(dueTimes(uid, begin), arrivals.get(name) ?? []));
  const late = due.filter(ms => ms !== undefined);
  return [
    atMost('lateness of a run, p99', { value: quantile(late, 0.99) / 1_000, unit: 's', most: 1 }),
    atMost('lateness of a run, median', { value: quantile(late, 0.5) / 1_000, unit: 's', most: 1 }),
    atMost(`runs lost of ${due.length}`, { value: due.length - late.length, unit: '', most: 0 }),
    atMost('runs that failed', { value: page('awoooi_probe_runs_total', { result: 'failed' }), unit: '', most: 0 }),
  ];
}

/** Answers every probe's health check and notes when it came, by the probe's name. */
async function countingTarget(keep: Keep): Promise<{ server: HttpServer; arrivals: ReadonlyMap<string, number[]> }> {
  const arrivals = new Map<string, number[]>();
  const handle = ({ path }: { path: string }) => {
    const [, name = ''] = path.split('/');
    arrivals.set(name, [...(arrivals.get(name) ?? []), Date.now()]);
    return { status: 200, body: { status: 'ok' } };
  };
  return { server: keep(await startHttpServer({ handle })), arrivals };
}

function dueTimes(uid: CreatedProbe['uid'], begin: Date): readonly number[] {
  const end = begin.getTime() + WINDOW_MS;
  const times: number[] = [];
  for (
    let at = nextRun({ schedule: SCHEDULE, uid, after: begin });
    at.getTime() <= end;
    at = nextRun({ schedule: SCHEDULE, uid, after: at })
  )
    times.push(at.getTime());
  return times;
}

/** How long after each due time the first request came; undefined for one that came too late or never. */
function lateness(due: readonly number[], came: readonly number[]): (number | undefined)[] {
  return due.map(at => {
    const first = came.find(time => time >= at);
    return first === undefined || first - at > LOST_AFTER_MS ? undefined : first - at;
  });
}
