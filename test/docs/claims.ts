import type { ShellBlock } from './shell-blocks.ts';

/** Who runs the commands of a page. */
export interface Claim {
  readonly page: RegExp;
  /** Only blocks that hold this text; left out: all of the page. */
  readonly holding?: string;
  /** Blocks that it does not run. */
  readonly except?: RegExp;
  /** The test file that runs them; its text has to name the page, or the word that it knows the page by. */
  readonly by: string;
  readonly names: string;
}

const page = (path: string, by: string, names = path): Claim => ({ page: new RegExp(`^${path}$`), by, names });
const HERE = 'test/docs/page-commands.cluster.test.ts';
const WATCHED = 'test/monitoring/live.test.ts';

/** The first that fits counts. */
export const CLAIMS: readonly Claim[] = [
  { ...page('README.md', HERE), except: /helm|awoooi-operator-credentials/ },
  page('docs/troubleshooting.md', HERE),
  { ...page('docs/upgrading.md', HERE), except: /rollout status/ },
  page('docs/playbooks.md', HERE),
  { ...page('docs/gates.md', 'test/docs/gitops-page.cluster.test.ts', 'config/argocd'), holding: 'argocd-cm' },
  page('docs/gates.md', HERE),
  { page: /^docs\/senders\/.*\.md$/, holding: '-n awoooi-system', by: HERE, names: 'docs/senders/' },
  page('docs/senders/alertmanager.md', 'test/docs/alertmanager-page.test.ts'),
  page('docs/senders/signoz.md', 'test/docs/signoz-page.test.ts'),
  page('docs/senders/sentry.md', 'test/docs/sentry-page.test.ts'),
  page('docs/senders/telegram.md', 'test/docs/senders.test.ts', "'telegram'"),
  page('docs/http-api.md', 'test/docs/http-api-page.test.ts'),
  page('docs/install.md', 'test/docs/install-page.test.ts'),
  page('docs/gitops.md', 'test/docs/gitops-page.cluster.test.ts'),
  { ...page('docs/guides/first-playbook.md', 'test/docs/first-playbook.test.ts'), except: /^helm / },
  page('docs/guides/from-prometheus.md', 'test/docs/rule-guides.test.ts', 'from-prometheus'),
  page('docs/guides/adopt-existing-rules.md', 'test/docs/rule-guides.test.ts', 'adopt-existing-rules'),
  page('docs/spec/repairplaybook.md', 'test/docs/repair-pages.cluster.test.ts', "'repairplaybook'"),
  page('docs/spec/repairrun.md', 'test/docs/repair-pages.cluster.test.ts', "'repairrun'"),
  page('docs/spec/signozalertrule.md', 'test/docs/signozalertrule-page.cluster.test.ts'),
  page('docs/support-bundle.md', 'test/cli/support-bundle.cluster.test.ts', "'support-bundle'"),
  page('docs/monitoring.md', 'test/monitoring/out-of-band.test.ts', 'amtool'),
  { page: /^docs\/runbooks\/.*\.md$/, by: WATCHED, names: 'runbookCommands' },
];

/** Who runs this block. */
export function claimOf({ page: path, script }: ShellBlock): Claim | undefined {
  return CLAIMS.find(
    ({ page: pages, holding, except }) =>
      pages.test(path) && (holding === undefined || script.includes(holding)) && except?.test(script) !== true,
  );
}

/** Commands that stand on two pages are run for both by the test of the first. */
export const SAME_AS: Readonly<Record<string, string>> = {
  'README.md': 'docs/install.md',
  'docs/upgrading.md': 'docs/install.md',
  'docs/guides/first-playbook.md': 'docs/install.md',
  'charts/awoooi-operator/README.md': 'docs/install.md',
};

/** Pages that need something as a whole that no test has, and why. */
export const NEEDS: Readonly<Record<string, string>> = {
  'docs/image.md': 'Docker with its daemon; test/image builds the same tree without it',
  'CONTRIBUTING.md': 'minutes to an hour each; CI runs `make verify`',
};
