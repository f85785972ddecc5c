import { chainSection } from './chain/section.ts';
import { incidentsSection } from './incidents/section.ts';
import { repairsSection } from './repairs/section.ts';
import { rulesSection } from './rules/section.ts';
import { type Screen, screen } from './screen.ts';
import { NAMESPACE, raiseStage, type Stage } from './stage.ts';

interface Section {
  readonly title: string;
  readonly show: (stage: Stage, screen: Screen) => Promise<readonly string[]>;
}

const SECTIONS: Readonly<Record<string, Section>> = {
  chain: { title: 'Proving an alert chain', show: chainSection },
  incidents: { title: 'From an alert to somebody who knows of it', show: incidentsSection },
  rules: { title: 'Alert rules of SigNoz, kept in Git', show: rulesSection },
  repairs: { title: 'From an alert to a repair, and to what is learned of it', show: repairsSection },
};

const { ONLY = '', KEEP = '' } = process.env;
const show = screen(process.stdout);
const parts: { stop(): Promise<void> }[] = [];

/** In reverse order, one after another, and each though another fails. */
async function stopAll(): Promise<void> {
  for (const part of parts.splice(0).toReversed()) await part.stop().catch((err: unknown) => show.bad(`stopping: ${String(err)}`));
}

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.once(signal, () => {
    show.say('\nStopping everything …');
    void stopAll().then(() => process.exit(status));
  });
}

async function demo(): Promise<number> {
  const chosen = ONLY === '' ? Object.keys(SECTIONS) : ONLY.split(',');
  const unknown = chosen.filter(name => !(name in SECTIONS));
  if (unknown.length > 0) {
    show.bad(`There is no section ${unknown.join(', ')}. ONLY may name: ${Object.keys(SECTIONS).join(', ')}.`);
    return 2;
  }
  const started = performance.now();
  show.heading('Starting the real parts');
  const stage = await raiseStage(show, {
    workloads: chosen.includes('repairs'),
    keep: part => {
      parts.push(part);
      return part;
    },
  });
  const wrong: string[] = [];
  for (const name of chosen) wrong.push(...(await section(name, stage)));
  summary(wrong, (performance.now() - started) / 1000);
  if (KEEP !== '') await kept(stage);
  return wrong.length === 0 ? 0 : 1;
}

async function section(name: string, stage: Stage): Promise<readonly string[]> {
  const { title, show: play } = SECTIONS[name] ?? { title: name, show: async () => [`no section ${name}`] };
  const started = performance.now();
  show.heading(title);
  try {
    return await play(stage, show);
  } catch (err) {
    const why = err instanceof Error && err.cause instanceof Error ? `${String(err)}: ${err.cause.message}` : String(err);
    show.bad(why);
    return [`${title}: ${why}`];
  } finally {
    show.say(`  (section ${name}: ${((performance.now() - started) / 1000).toFixed(0)} s)`);
  }
}

function summary(wrong: readonly string[], seconds: number): void {
  show.heading('Summary');
  for (const line of wrong) show.bad(line);
  if (wrong.length === 0) show.good('Everything went as it should.');
  show.say(`  ${seconds.toFixed(0)} s in all`);
}

async function kept(stage: Stage): Promise<void> {
  show.heading('Left running until Ctrl-C');
  show.say('  For the command line, and to send an alert yourself (docs/senders/alertmanager.md):');
  show.say(
    `    export KUBECONFIG=${stage.cluster.adminKubeconfig} AWOOOI_API_BASE=${stage.operator.url} AWOOOI_API_TOKEN=${stage.apiToken}`,
  );
  show.say(`    export TOKEN=${stage.webhookToken} SIGNOZ_URL=${stage.signoz.url} SIGNOZ_API_KEY=${stage.signoz.editorKey}`);
  show.say('    node_modules/.bin/node src/main.ts incidents list');
  show.say(`  Its operator looks after the namespace ${NAMESPACE} alone: kubectl -n ${NAMESPACE} get awoooi`);
  show.list([
    ['kubeconfig', stage.cluster.adminKubeconfig],
    ['operator API', `${stage.operator.url}/api/docs`],
    ['operator metrics', `${stage.operator.opsUrl}/metrics`],
    ...stage.alertmanagers.map(({ url }) => ['Alertmanager', url]),
    ['Prometheus', stage.prometheus.url],
    ['stand-in Telegram, its cards', `${stage.telegram.url}/`],
    ['stand-in Sentry', stage.sentry.url],
    ['stand-in SigNoz', stage.signoz.url],
  ]);
  await new Promise(() => setInterval(() => {}, 60_000));
}

try {
  process.exitCode = await demo();
} catch (err) {
  show.bad(`The demo could not go on: ${err instanceof Error ? err.message : String(err)}`);
  process.exitCode = 1;
} finally {
  await stopAll();
}
