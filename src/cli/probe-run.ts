import { chainRunner } from '../chain/run.ts';
import { HOPS } from '../chain/table.ts';
import type { AlertChainProbe } from '../crds/alertchainprobe/kind.ts';
import { type CliDeps, EXIT, type Opened, type RunSession } from './deps.ts';
import { environment, readable, refused } from './given.ts';
import { inColour } from './output/colour.ts';
import { json } from './output/json.ts';
import { junit } from './output/junit.ts';
import { allPassed, type Format, type ProbeReport, type Render } from './output/run-report.ts';
import { table } from './output/table.ts';
import { readProbes } from './probe-file.ts';
import { progress } from './progress.ts';
import { tellTelegram } from './tell-telegram.ts';

export interface RunOptions {
  readonly filename: string;
  readonly output: Format;
  readonly envFile?: string;
  /** Only these hops; all where none is named. */
  readonly hop: readonly string[];
}

const RENDER: Readonly<Record<Format, Render>> = { table, json, junit };

/**
 * Runs every probe of a file from this shell. 0 when all hops of all probes passed, 1 when one did not, 2 when the file or the settings are
 * wrong.
 */
export async function probeRun(options: RunOptions, deps: CliDeps): Promise<number> {
  const env = await environment(options.envFile, deps);
  if (!env.ok) return refused(env.problems, deps);
  const opened = deps.openRun(env.value);
  if (!opened.ok) return refused(opened.problems, deps);
  try {
    return await runFile(options, opened.value, deps);
  } finally {
    await opened.value.close();
  }
}

async function runFile(options: RunOptions, session: RunSession, deps: CliDeps): Promise<number> {
  const text = await readable(options.filename, deps);
  if (!text.ok) return refused(text.problems, deps);
  const target = { url: session.apiBase, hasToken: session.hasApiToken };
  const read = readProbes({ name: options.filename, text: text.value }, target, new Date());
  if (!read.ok) return refused(read.problems, deps);
  const chosen = withHops(read.probes, options.hop);
  if (!chosen.ok) return refused(chosen.problems, deps);

  const reports: ProbeReport[] = [];
  for (const probe of chosen.value) reports.push(await runProbe(probe, session, deps));
  deps.stdout.write(RENDER[options.output](reports, { colour: inColour(deps.stdout, deps) }));
  if (allPassed(reports)) return EXIT.passed;
  if (session.telegram) await tellTelegram(reports, session.telegram, deps);
  return EXIT.failed;
}

async function runProbe(probe: AlertChainProbe, session: RunSession, deps: CliDeps): Promise<ProbeReport> {
  const {
    metadata: { namespace, name },
    spec,
  } = probe;
  const ports = await session.portsFor(probe);
  const shown = progress(HOPS, { to: deps.stderr, probe: `${namespace}/${name}`, hops: spec.hops.map(hop => hop.name) });
  const run = chainRunner({ table: shown.table, ports, monotonic: deps.monotonic });
  try {
    return { namespace, name, run: await run({ namespace, name, runId: deps.newRunToken(), spec }, deps.signal) };
  } finally {
    shown.end();
  }
}

function withHops(probes: readonly AlertChainProbe[], names: readonly string[]): Opened<readonly AlertChainProbe[]> {
  if (names.length === 0) return { ok: true, value: probes };
  const known = new Set(probes.flatMap(({ spec }) => spec.hops.map(({ name }) => name)));
  const unknown = names.filter(name => !known.has(name));
  if (unknown.length > 0) return { ok: false, problems: [`no probe has a hop ${unknown.join(', ')}; there are ${[...known].join(', ')}`] };
  const chosen = probes.map(probe => ({
    ...probe,
    spec: { ...probe.spec, hops: probe.spec.hops.filter(hop => names.includes(hop.name)) },
  }));
  return { ok: true, value: chosen.filter(({ spec }) => spec.hops.length > 0) };
}
