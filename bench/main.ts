import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Root } from '../test/parts/installed.ts';
import { canary } from './canary.ts';
import { chosen } from './chosen.ts';
import { coldStart } from './cold-start.ts';
import { published } from './published.ts';
import { reflectorMemory } from './reflector-memory.ts';
import { intake } from './intake.ts';
import { outcomes } from './outcomes.ts';
import { recommendations } from './recommendations.ts';
import { approval } from './approval.ts';
import { manyPlaybooks } from './many-playbooks.ts';
import { merged, type Report, resultsBefore } from './report.ts';
import { rest } from './rest.ts';
import type { Bench, BenchResult, Keep } from './result.ts';
import { manyRules } from './many-rules.ts';
import { rules } from './rules.ts';
import { runtime } from './runtime.ts';
import { schedule } from './schedule.ts';
import { commitOfTree, machineFacts, versionFacts } from './surroundings.ts';
import { line, TITLES } from './table.ts';
import { told } from './told.ts';

const BENCHES: readonly Bench[] = [
  runtime,
  reflectorMemory,
  schedule,
  canary,
  rest,
  coldStart,
  intake,
  outcomes,
  recommendations,
  approval,
  manyPlaybooks,
  told,
  rules,
  manyRules,
];
const RESULTS = process.env['BENCH_RESULTS'] ?? join(Root, 'bench/results.json');

const PAGE = join(Root, 'docs/benchmarks.md');

const parts: { stop(): Promise<void> }[] = [];
/** The exit status that a signal asked for. */
let interrupted: number | undefined;

const keep: Keep = part => {
  parts.push(part);
  // What was being started while everything else was stopped.
  if (interrupted !== undefined) void stopAll();
  return part;
};

/** In reverse order, one after another, and each though another fails. */
async function stopAll(): Promise<void> {
  for (const part of parts.splice(0).toReversed()) await part.stop().catch((err: unknown) => console.error(`stopping: ${String(err)}`));
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    interrupted = status;
    console.log('\nStopping everything …');
    void stopAll().then(() => process.exit(status));
  });
}

/** 0 also where a target is missed: a figure is no failure. 1 where a bench could not be run, 2 for a name that is none. */
async function bench(): Promise<number> {
  const choice = chosen(process.env['ONLY'] ?? '', BENCHES);
  if (!choice.ok) {
    console.error(choice.problem);
    return 2;
  }
  console.log(`Measuring ${choice.benches.map(({ name, takes }) => `${name} (about ${takes})`).join(', ')}.\n\n${TITLES}`);
  const results: BenchResult[] = [];
  const broken: string[] = [];
  for (const one of choice.benches) {
    try {
      results.push(...(await measured(one)));
    } catch (err) {
      if (interrupted !== undefined) return interrupted;
      broken.push(one.name);
      console.error(`  ${one.name} could not be measured: ${err instanceof Error ? (err.stack ?? err.message) : String(err)}`);
    }
  }
  const names = new Set(choice.benches.map(({ name }) => name));
  save({
    machine: machineFacts(),
    versions: versionFacts(),
    commit: commitOfTree(),
    results: merged(resultsBefore(RESULTS), results, names),
  });
  summary(results, broken);
  return broken.length === 0 ? 0 : 1;
}

async function measured({ name, what, takes, run }: Bench): Promise<BenchResult[]> {
  console.log(`${name}: ${what} (about ${takes})`);
  const started = performance.now();
  try {
    const results = (await run(keep)).map(result => ({ ...result, name: `${name}: ${result.name}` }));
    for (const result of results) console.log(line(result));
    return results;
  } finally {
    await stopAll();
    console.log(`  (${((performance.now() - started) / 1000).toFixed(0)} s)`);
  }
}

function save(report: Report): void {
  mkdirSync(dirname(RESULTS), { recursive: true });
  writeFileSync(RESULTS, `${JSON.stringify(report, null, 2)}\n`);
  console.log(`\nWritten to ${RESULTS}`);
  // Figures of somebody who only looks are not published.
  if (process.env['BENCH_RESULTS'] !== undefined) return;
  writeFileSync(PAGE, published(readFileSync(PAGE, 'utf8'), report));
}

function summary(results: readonly BenchResult[], broken: readonly string[]): void {
  const missed = results.filter(({ met }) => !met);
  for (const { name, value, unit, target } of missed) console.log(`MISSED ${name}: ${value} ${unit}, set out for ${target}`);
  for (const name of broken) console.log(`NOT MEASURED ${name}`);
  if (missed.length === 0 && broken.length === 0) console.log(`All ${results.length} figures are where they should be.`);
}

process.exitCode = await bench();
