import { readFile } from 'node:fs/promises';
import { closedCli } from '../builders/closed-cli.ts';
import { awoooi } from '../../src/cli/program.ts';
import { processSurroundings } from '../../src/config/load.ts';
import { openApi, openLearning, openRun } from '../../src/wiring/cli-session.ts';

/** `awoooi probe run` as src/main.ts starts it, but with a Telegram of the test's own. */
const { env, readFile: readNow } = processSurroundings();
const telegramApi = env['TEST_TELEGRAM_API'] ?? 'http://127.0.0.1:9';

process.exitCode = await awoooi(
  process.argv.slice(2),
  closedCli({
    env,
    stdout: { write: words => void process.stdout.write(words), isTTY: false },
    stderr: { write: words => void process.stderr.write(words), isTTY: false },
    readText: path => readFile(path, 'utf8'),
    filesAt: async path => [path],
    openRun: given => openRun(given, { readFile: readNow, telegramApi }),
    openApi: () => openApi({ env, readFile: readNow }),
    openLearning: given => openLearning({ env: given, readFile: readNow }),
    newRunToken: () => 'run-1',
    monotonic: () => performance.now(),
  }),
);
