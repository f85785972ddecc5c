import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { type Alertmanager, startAlertmanager } from '../parts/alertmanager.ts';
import { eventually } from '../parts/eventually.ts';
import { pathOf, Root } from '../parts/installed.ts';
import { removeFolder, runFolder } from '../parts/run-folder.ts';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import { postAlerts } from '../e2e/alerts.ts';
import { asAlertmanagerReads } from './alertmanager-config-object.ts';
import { monitoringBlocks } from './monitoring-page.ts';
import { shippedAlerts } from './rule-pack.ts';

const EXAMPLES = join(Root, 'examples/alertmanager');
const OF_PAGE = monitoringBlocks('yaml').find(text => text.startsWith('route:')) ?? '';
const Values = z.looseObject({ alertmanager: z.looseObject({ config: z.unknown() }) });
const OF_VALUES = stringify(
  Values.parse(parse(readFileSync(join(EXAMPLES, 'kube-prometheus-stack-values.yaml'), 'utf8'))).alertmanager.config,
);
const OF_OBJECT = stringify(asAlertmanagerReads(parse(readFileSync(join(EXAMPLES, 'alertmanager-config.yaml'), 'utf8'))));

const SOON = { withinMs: 30_000 };

let folder: string;
beforeAll(() => {
  folder = runFolder('out-of-band');
});
afterAll(() => removeFolder(folder));

function amtool(config: string, ...args: readonly string[]) {
  const file = join(folder, 'alertmanager.yml');
  writeFileSync(file, config);
  const { status, stdout, stderr } = spawnSync(
    pathOf('amtool'),
    args.map(each => each.replace('alertmanager.yml', file)),
    { encoding: 'utf8' },
  );
  return { status, said: stdout.trim(), complaint: stderr };
}

function leadsTo(config: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return amtool(config, 'config', 'routes', 'test', '--config.file=alertmanager.yml', ...pairs).said;
}

/** An alert of the pack as Prometheus sends it: it fills in what Alertmanager would take for templates of its own. */
function shipped(name: string) {
  const found = shippedAlerts().find(({ alert }) => alert === name);
  const filled = Object.entries(found?.annotations ?? {}).map(([key, text]) => [key, text.replaceAll(/\{\{.*?\}\}/g, 'some')]);
  return { labels: { alertname: name, ...found?.labels }, annotations: Object.fromEntries(filled) };
}

describe.each([
  ['the page', OF_PAGE, ',oncall'],
  ['the values of kube-prometheus-stack', OF_VALUES, ',oncall'],
  ['the AlertmanagerConfig', OF_OBJECT, ''],
])('the configuration of %s', (_, config, andYours) => {
  it('is right by amtool, which finds what is wrong', () => {
    expect(amtool(config, 'check-config', 'alertmanager.yml')).toMatchObject({ status: 0, said: expect.stringContaining('SUCCESS') });
    expect(amtool(config.replace('receiver: out-of-band', 'receiver: nobody'), 'check-config', 'alertmanager.yml')).toMatchObject({
      status: 1,
    });
  });

  it('leads every alert of the pack around the operator, and to it as well', () => {
    for (const { alert, labels } of shippedAlerts())
      expect(leadsTo(config, { alertname: alert, ...labels })).toBe(`out-of-band,awoooi${andYours}`);
  });

  it('leads all others where they went before', () => {
    expect(leadsTo(config, { alertname: 'Disk', severity: 'critical' })).toBe(`awoooi${andYours}`);
    expect(leadsTo(config, { alertname: 'Disk', severity: 'warning' })).toBe(`awoooi${andYours}`);
    expect(leadsTo(config, { alertname: 'Watchdog', severity: 'none' })).toBe('awoooi');
    expect(leadsTo(config, { alertname: 'AwoooiCanary', awoooi_canary: 'true', severity: 'none' })).toBe('awoooi');
  });
});

describe('the page', () => {
  it('has the command that says so, and what it prints', () => {
    const command = monitoringBlocks('sh').find(block => block.startsWith('amtool config routes test')) ?? '';
    const [, ...args] = command.trim().split(' ');
    expect(amtool(OF_PAGE, ...args).said).toBe(monitoringBlocks('text')[0]?.trim());
  });

  it('has the same configuration as the values', () => {
    expect(parse(OF_VALUES)).toEqual(parse(OF_PAGE));
  });

  it.each(monitoringBlocks('receiver').map(block => [Object.keys(parse(block)).join(), block]))(
    'has a right %s in place of it',
    (_, block) => {
      const { receivers, ...rest } = z.looseObject({ receivers: z.array(z.looseObject({ name: z.string() })) }).parse(parse(OF_PAGE));
      const other = receivers.map(one => (one.name === 'out-of-band' ? { name: one.name, ...parse(block) } : one));
      expect(amtool(stringify({ ...rest, receivers: other }), 'check-config', 'alertmanager.yml')).toMatchObject({ status: 0 });
    },
  );
});

describe('an Alertmanager with the configuration of the page', () => {
  let operator: HttpServer;
  let pager: HttpServer;
  let alertmanager: Alertmanager;
  beforeAll(async () => {
    operator = await startHttpServer({ handle: () => ({ status: 200 }) });
    pager = await startHttpServer({ handle: () => ({ status: 202, body: { status: 'success' } }) });
    alertmanager = await startAlertmanager({ version: '0.33', config: ours() });
  });
  afterAll(async () => {
    await Promise.all([alertmanager, operator, pager].map(part => part?.stop()));
  });

  /** The same, with the receivers' ends in this test, and nobody waiting. */
  function ours(): string {
    const key = join(folder, 'key');
    writeFileSync(key, '0123456789abcdef0123456789abcdef');
    const replaced: [string, string][] = [
      ['http://awoooi-operator.awoooi-system.svc:8000', operator.url],
      ['https://events.pagerduty.com', pager.url],
      ['/etc/alertmanager/secrets/pagerduty/routing-key', key],
      ['/etc/alertmanager/secrets/awoooi-token/token', key],
    ];
    return replaced.reduce(
      (text, [from, to]) => {
        expect(text).toContain(from);
        return text.replaceAll(from, to);
      },
      OF_PAGE.replaceAll(/(group_wait|group_interval): \S+/g, '$1: 1s'),
    );
  }

  const paged = (name: string): boolean => pager.requests.some(({ body }) => body.includes(name));

  it('tells both of them while all is well', async () => {
    await postAlerts(alertmanager, shipped('AwoooiDeadLetters'));
    await eventually(() => paged('AwoooiDeadLetters') && operator.requests.some(({ body }) => body.includes('AwoooiDeadLetters')), SOON);
    expect(pager.requests[0]).toMatchObject({ method: 'POST', path: '/v2/enqueue' });
    expect(pager.requests[0]?.body).toContain('0123456789abcdef');
  });

  it('tells people while the operator refuses everything', async () => {
    operator.breakWith({ is: 'answer', reply: { status: 401 } });
    await postAlerts(alertmanager, shipped('AlertChainBroken'));
    expect(await eventually(() => paged('AlertChainBroken'), SOON)).toBe(true);
    await eventually(() => operator.requests.some(({ body }) => body.includes('AlertChainBroken')), SOON);
  });

  it('tells people while the operator hangs, and while it is away', async () => {
    operator.breakWith({ is: 'hang' });
    await postAlerts(alertmanager, shipped('AwoooiRedisAway'));
    expect(await eventually(() => paged('AwoooiRedisAway'), SOON)).toBe(true);
    await operator.refuse();
    await postAlerts(alertmanager, shipped('AlertChainProbeStale'));
    expect(await eventually(() => paged('AlertChainProbeStale'), SOON)).toBe(true);
  });

  it('and nothing that is none of the pack', async () => {
    await postAlerts(alertmanager, { labels: { alertname: 'Disk', severity: 'critical' } }, shipped('AwoooiOperatorDown'));
    expect(await eventually(() => paged('AwoooiOperatorDown'), SOON)).toBe(true);
    expect(paged('Disk')).toBe(false);
  });
});
