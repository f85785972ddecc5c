import { eventually } from '../../test/parts/eventually.ts';
import { kubectl } from '../../test/parts/kubectl.ts';
import { type DemoProbe, demoProbe, hopRows, ready } from '../probe.ts';
import type { Rows, Screen } from '../screen.ts';
import { NAMESPACE, type Stage } from '../stage.ts';
import { BREAKS, type Break } from './breaks.ts';
import { chainManifests } from './probe-manifest.ts';

/** The main job: a healthy chain, then each way of breaking it, found and named, then mended. Returns what went wrong. */
export async function chainSection(stage: Stage, screen: Screen): Promise<readonly string[]> {
  const kubeconfig = stage.cluster.adminKubeconfig;
  await kubectl(['apply', '-f', '-'], { kubeconfig, input: chainManifests(stage) });
  const probe = demoProbe({ kubeconfig, namespace: NAMESPACE, name: 'chain' });
  await screen.live('waiting until the chain is proven', show => healthy(probe, show));
  const wrong: string[] = [];
  for (const one of BREAKS) wrong.push(...(await shown(one, { stage, screen, probe })));
  return wrong;
}

type Show = (rows: Rows) => void;

interface Scene {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly probe: DemoProbe;
}

async function shown(one: Break, { stage, screen, probe }: Scene): Promise<string[]> {
  screen.heading(`Breaking it: ${one.what}`);
  const mend = await one.breakIt(stage);
  const wrong: string[] = [];
  try {
    const status = await screen.live('the probe finds out', show => found(one, probe, show));
    screen.good(`Ready=${ready(status).status} ${ready(status).reason}: ${ready(status).message}`);
  } catch {
    const status = await probe.status();
    wrong.push(
      `${one.what}: expected ${one.hop} to fail with ${one.causes.join(' or ')}, got ${status.brokenHop ?? 'no broken hop'} (${ready(status).reason})`,
    );
    screen.bad(wrong.join(' '));
  }
  await mend();
  await screen.step('mended; the probe sees it recover', () => healthy(probe, () => {}));
  return wrong;
}

/** Runs until the wanted verdict stands: some faults (a Watchdog that goes missing) take their time to show. */
function found(one: Break, probe: DemoProbe, show: Show): ReturnType<DemoProbe['run']> {
  return eventually(
    async () => {
      const status = await probe.run();
      show(hopRows(status));
      const cause = status.hops?.find(({ name }) => name === one.hop)?.cause;
      return ready(status).status === 'False' && cause !== undefined && one.causes.includes(cause) ? status : undefined;
    },
    { withinMs: 60_000, everyMs: 500 },
  );
}

function healthy(probe: DemoProbe, show: Show): ReturnType<DemoProbe['run']> {
  return eventually(
    async () => {
      const status = await probe.run();
      show(hopRows(status));
      return ready(status).status === 'True' ? status : undefined;
    },
    { withinMs: 90_000, everyMs: 500 },
  );
}
