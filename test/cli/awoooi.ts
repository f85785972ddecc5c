import { awoooi } from '../../src/cli/program.ts';
import { cliDeps } from '../../src/wiring/cli-deps.ts';
import { processSurroundings } from '../../src/config/load.ts';

/** `awoooi` as a process of its own, with Telegram where the test says and without a cluster. */
process.exitCode = await awoooi(
  process.argv.slice(2),
  cliDeps({
    surroundings: processSurroundings(),
    telegramApi: process.env['TEST_TELEGRAM_API'] ?? 'http://127.0.0.1:9',
    operator: async () => 0,
    openTrigger: async () => ({ ok: false, problems: ['there is no cluster here'] }),
    signal: new AbortController().signal,
  }),
);
