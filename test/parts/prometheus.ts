import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onFreePorts, portAt } from './free-port.ts';
import { pathOf } from './installed.ts';
import { type Part, startPart } from './part.ts';
import { answers } from './process.ts';
import { runFolder } from './run-folder.ts';

export interface PrometheusOptions {
  /** The URLs of the Alertmanagers it sends to. */
  readonly alertmanagers?: readonly string[];
  /** The text of a rule file. */
  readonly rules?: string;
  /** A list for `scrape_configs`, as data. */
  readonly scrapeConfigs?: readonly unknown[];
  /** How often rules are evaluated and targets scraped; a Prometheus duration, by default 1s. */
  readonly interval?: string;
}

/** A Prometheus on a free loopback port. A rule that always fires reaches the Alertmanagers within about two intervals. */
export function startPrometheus(options: PrometheusOptions = {}): Promise<Part> {
  return onFreePorts(1, ports => {
    const folder = runFolder('prometheus');
    const port = portAt(ports, 0);
    const url = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, 'rules.yml'), options.rules ?? 'groups: []\n');
    writeFileSync(join(folder, 'prometheus.yml'), JSON.stringify(configuration(options)));
    const args = [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--rules.alert.resend-delay=2s',
    ];
    const spec = { name: 'prometheus', command: pathOf('prometheus'), args };
    return startPart({ spec, url, port, folder, ready: () => answers(`${url}/-/ready`) });
  });
}

/** What promtool says of a rule file's text: undefined when it is right, else its complaint. */
export function promtoolComplaint(rules: string): string | undefined {
  const { status, stdout, stderr } = spawnSync(pathOf('promtool'), ['check', 'rules'], { input: rules, encoding: 'utf8', timeout: 30_000 });
  return status === 0 ? undefined : `${stdout}${stderr}`.trim();
}

function configuration({ alertmanagers = [], scrapeConfigs = [], interval = '1s' }: PrometheusOptions): object {
  // JSON is YAML.
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ['rules.yml'],
    alerting: {
      alertmanagers: [{ api_version: 'v2', static_configs: [{ targets: alertmanagers.map(url => new URL(url).host) }] }],
    },
    scrape_configs: scrapeConfigs,
  };
}
