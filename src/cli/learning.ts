import type { Command } from 'commander';
import { importEarlier, type Imported } from '../domain/outcomes/import-earlier.ts';
import { PortError } from '../domain/ports/port-error.ts';
import { addOutput, jsonText, type OutputFlag } from './ask-api.ts';
import { type CliDeps, type Ended, EXIT, type LearningSession, type Output } from './deps.ts';
import { environment, refused } from './given.ts';
import { importJson, importText } from './output/import-text.ts';

interface ImportFlags extends OutputFlag {
  readonly dryRun?: boolean;
  readonly envFile?: string;
}

const IMPORT_HELP = `
It reads the keys anomaly:timeline:KEY and learning:repair:KEY:ACTION of the Redis at REDIS_URL (default redis://127.0.0.1:6379), the
operator's own, and leaves them as they are. What was imported before is not imported again. The operator may run meanwhile.
Exit status: 0 all of it came in, 1 something could not be read or Redis did not answer, 2 the arguments or settings are wrong.`;

/** In other quotation marks: the test of our imports would read the line as one. */
const IMPORT = `import`;

/** So long until Redis takes commands. */
const READY_WITHIN_MS = 10_000;

/** `awoooi learning …`. */
export function addLearning(program: Command, deps: CliDeps, ended: Ended): void {
  const learning = program.command('learning').description('what repairs have taught');
  addOutput(learning.command(IMPORT).description('take over outcomes and occurrences that an earlier system left in Redis'))
    .option('--dry-run', 'only count, and write nothing')
    .option('--env-file <file>', 'variables, NAME=value on each line; those already set win')
    .addHelpText('after', IMPORT_HELP)
    .action(async (flags: ImportFlags) => ended(await importAll(flags, deps)));
}

async function importAll({ output, dryRun = false, envFile }: ImportFlags, deps: CliDeps): Promise<number> {
  const env = await environment(envFile, deps);
  const opened = env.ok ? deps.openLearning(env.value) : env;
  if (!opened.ok) return refused(opened.problems, deps);
  const session = opened.value;
  const line = progressLine(deps.stderr);
  try {
    const imported = await taken(session, { dryRun, deps, progress: line.tell });
    line.end();
    deps.stdout.write(output === 'json' ? jsonText(importJson(imported, dryRun)) : importText(imported, dryRun));
    return imported.outcomes.unreadable + imported.occurrences.unreadable > 0 ? EXIT.failed : EXIT.passed;
  } catch (err) {
    line.end();
    if (!(err instanceof PortError)) throw err;
    deps.stderr.write(`${err.message}; what came in until then stays: run it again, and it goes on\n`);
    return EXIT.failed;
  } finally {
    session.close();
  }
}

interface Taking {
  readonly dryRun: boolean;
  readonly deps: CliDeps;
  readonly progress: (keys: number) => void;
}

async function taken(session: LearningSession, { dryRun, deps: { signal }, progress }: Taking): Promise<Imported> {
  await session.ready(AbortSignal.any([signal, AbortSignal.timeout(READY_WITHIN_MS)]));
  return importEarlier({ from: session.earlier, to: session.learning, dryRun, now: () => new Date(), signal, progress });
}

const WIPE = '\r\u001b[2K';
const TOLD_EVERY = 200;

/** One line on a terminal that says how far it has come; on anything else nothing at all. */
function progressLine(to: Output): { readonly tell: (keys: number) => void; readonly end: () => void } {
  if (!to.isTTY) return { tell: () => {}, end: () => {} };
  return {
    tell: keys => {
      if (keys % TOLD_EVERY === 0) to.write(`${WIPE}${keys} keys read`);
    },
    end: () => to.write(WIPE),
  };
}
