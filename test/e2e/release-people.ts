import type { ControlPlane } from '../parts/control-plane.ts';
import { kubectl, tryKubectl } from '../parts/kubectl.ts';
import type { Signoz } from '../servers/signoz.ts';
import type { Telegram } from '../servers/telegram.ts';
import { RELEASE } from './release.ts';
import { signozSecret } from './rule-stage.ts';
import { secret, type Stage } from './stage.ts';

/** Where people of the cluster work, and where repairs are allowed. */
export const SHOP = 'shop';

/** What the target of their probes takes as a bearer token; it is in their Secret `target`. */
export const TARGET_TOKEN = 'what-the-target-takes';

/** Values of the chart for the Secrets that they have already. */
export const THEIR_SECRETS = {
  credentials: { TG_BOT_TOKEN: { secret: 'telegram-bot', key: 'token' }, SENTRY_API_TOKEN: { secret: 'sentry-api-token' } },
};

/** Their namespace and that of the release, with the Secrets that they have already; and how they work there. */
export async function peopleOf(
  cluster: ControlPlane,
  { telegram, signoz }: { readonly telegram: Telegram; readonly signoz: Signoz },
): Promise<Pick<Stage, 'cluster' | 'namespace' | 'kubectl' | 'tryKubectl' | 'apply'>> {
  const kubeconfig = cluster.adminKubeconfig;
  const applyTo = async (namespace: string, ...items: readonly object[]): Promise<void> => {
    await kubectl(['-n', namespace, 'apply', '-f', '-'], { kubeconfig, input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });
  };
  for (const name of [RELEASE.namespace, SHOP]) await kubectl(['create', 'namespace', name], { kubeconfig });
  await kubectl(['label', 'namespace', SHOP, 'awoooi.io/repair=enabled'], { kubeconfig });
  const theirs = [secret('telegram-bot', { token: telegram.token }), secret('sentry-api-token', { SENTRY_API_TOKEN: 'a-token-of-sentry' })];
  await applyTo(RELEASE.namespace, ...theirs);
  await applyTo(SHOP, signozSecret(signoz), secret('target', { token: TARGET_TOKEN }));
  return {
    cluster,
    namespace: SHOP,
    kubectl: (...args) => kubectl(['-n', SHOP, ...args], { kubeconfig }),
    tryKubectl: (...args) => tryKubectl(['-n', SHOP, ...args], { kubeconfig }),
    apply: (...items) => applyTo(SHOP, ...items),
  };
}
