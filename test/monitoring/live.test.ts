import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metricsOf } from '../e2e/stage.ts';
import { eventually } from '../parts/eventually.ts';
import { dashboardQueries, filledIn, metricNamesIn, panels, variables } from './dashboard.ts';
import { prometheusView } from './prometheus-view.ts';
import { ALERTS_FILE, shippedAlerts } from './rule-pack.ts';
import { runbookCommands, shellOf } from './runbook-shell.ts';
import { PROBE, type Watched, watchedOperator } from './watched-operator.ts';

const SOON = { withinMs: 60_000, everyMs: 200 };

let watched: Watched;
let view: ReturnType<typeof prometheusView>;
beforeAll(async () => {
  watched = await watchedOperator();
  view = prometheusView(watched.prometheus);
}, 180_000);
afterAll(() => watched?.stop());

/** As a kubelet does, all the while. */
async function asked(): Promise<void> {
  await Promise.all(watched.operators.map(({ opsUrl }) => fetch(`${opsUrl}/readyz`).catch(() => undefined)));
}

const QUERY = /^promtool query instant "\$PROMETHEUS" '([^']+)'$/;
const isQuery = ({ command }: { command: string }): boolean => QUERY.test(command);
const queryOf = (command: string): string => QUERY.exec(command)?.[1] ?? '';

const quiet = (): Promise<boolean> => eventually(async () => (await asked(), (await view.firing()).length === 0), SOON);

/** What a panel shows, by the values of its labels. */
async function shown(title: string): Promise<Record<string, number>> {
  const expr = panels().find(panel => panel.title === title)?.targets[0]?.expr ?? '';
  const rows = await view.query(filledIn(expr));
  return Object.fromEntries(rows.map(({ metric, value }) => [Object.values(metric).join('/'), Number(value[1])]));
}

const isFiring = async (name: string): Promise<boolean> => (await asked(), (await view.firing()).includes(name));

describe('a Prometheus that scrapes two replicas', () => {
  it('evaluates every alert without an error, and none fires at rest', async () => {
    await eventually(async () => (await view.query('count(up == 1) == 2')).length === 1, SOON);
    await quiet();
    const rules = await view.rules();
    expect(rules.map(({ name }) => name)).toEqual(shippedAlerts().map(({ alert }) => alert));
    expect(rules.filter(({ health, lastError }) => health !== 'ok' || lastError !== '')).toEqual([]);
  });

  it('has every metric that an alert or the dashboard names', async () => {
    const texts = [readFileSync(ALERTS_FILE, 'utf8'), ...dashboardQueries().map(({ expr }) => expr)];
    const page = await metricsOf(watched.world.operator);
    const present = new Set(
      [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) => (type === 'histogram' ? [name, `${name}_bucket`] : [name])),
    );
    const named = [...new Set(texts.flatMap(metricNamesIn))];
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter(name => !present.has(name))).toEqual([]);
  });

  it('answers every query of the dashboard with data', async () => {
    const empty: string[] = [];
    for (const { panel, expr } of dashboardQueries()) {
      const found = await eventually(async () => (await view.query(filledIn(expr))).length > 0, { withinMs: 15_000, everyMs: 300 }).catch(
        () => false,
      );
      if (!found) empty.push(`${panel}: ${expr}`);
    }
    expect(empty).toEqual([]);
    for (const { name, metric } of variables()) {
      expect(await view.query(`count by (${name}) (${metric})`)).toMatchObject([{ metric: { [name]: expect.stringMatching(/./) } }]);
    }
  }, 180_000);

  it('shows what happened on it: the chain is whole, alerts came in, and people were told', async () => {
    const { namespace } = watched.world.stage;
    expect(await shown('Verdict')).toEqual({ [`${namespace}/${PROBE}`]: 1 });
    expect(await shown('Hops')).toEqual({ [`api/${namespace}/${PROBE}`]: 1 });
    expect(await shown('Rules by readiness')).toEqual({ True: 1, False: 0, Unknown: 0 });
    expect(await shown('Replicas')).toEqual({ '': 2 });
    expect(await shown('Leaders')).toEqual({ '': 1 });
    expect(await shown('Given up')).toEqual({ '': 0 });
    expect((await shown('Last alert, Watchdog or canary'))['']).toBeLessThan(120);
  });
});

describe('the runbooks', () => {
  it('have commands that work while the operator does', async () => {
    const run = shellOf(watched);
    const commands = runbookCommands();
    expect(commands.length).toBeGreaterThan(50);
    const [first, ...queries] = commands.filter(isQuery);
    const failed = await Promise.all(
      commands.filter(each => each === first || !isQuery(each)).map(async each => ({ ...each, ...(await run(each.command)) })),
    );
    expect(failed.filter(({ status }) => status !== 0)).toEqual([]);
    // The others would ask the same Prometheus by the same program.
    for (const { command } of queries) await expect(view.query(queryOf(command))).resolves.toBeInstanceOf(Array);
  }, 300_000);
});

describe('what breaks fires', () => {
  it('AlertChainBroken, with the probe and the hop, until it is suspended or whole again', async () => {
    const { stage } = watched.world;
    const suspend = (yes: boolean): Promise<string> =>
      stage.kubectl('patch', 'acp', PROBE, '--type=merge', '-p', JSON.stringify({ spec: { suspend: yes } }));
    watched.target.is(503);
    const [alert] = await view.alerts('AlertChainBroken');
    expect(alert).toMatchObject({
      labels: { namespace: stage.namespace, probe: PROBE, hop: 'api', severity: 'critical', service: 'alert-chain' },
      annotations: { summary: `The alert chain is broken at hop api of probe ${stage.namespace}/${PROBE}` },
    });
    await suspend(true);
    await quiet();
    await suspend(false);
    await view.alerts('AlertChainBroken');
    watched.target.is(200);
    await quiet();
  }, 180_000);

  it('AwoooiRedisAway while Redis is, and nothing once it is back', async () => {
    await watched.world.redis.halt();
    expect(await eventually(() => isFiring('AwoooiRedisAway'), SOON)).toBe(true);
    await watched.world.redis.restart();
    // What Alertmanager was refused meanwhile counts for five minutes more.
    expect(await eventually(async () => !(await isFiring('AwoooiRedisAway')), SOON)).toBe(true);
  }, 180_000);

  it('AlertChainProbeStale when all replicas are killed, whatever their last verdict says', async () => {
    await Promise.all(watched.operators.map(operator => operator.kill9()));
    const [stale] = await view.alerts('AlertChainProbeStale', 60_000);
    expect(stale?.annotations).toMatchObject({ summary: 'No probe of the alert chain is being run' });
    await view.alerts('AwoooiOperatorDown');
    await view.alerts('AlertChainBroken_Alertmanager');
    const ready = await watched.world.stage.kubectl('get', 'acp', PROBE, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}');
    expect(ready).toBe('True');
  }, 180_000);
});
