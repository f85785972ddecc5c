import { z } from 'zod';
import { OperatorVariables } from '../../src/config/load.ts';
import { type VariableFacts, variablesOf } from '../../src/config/variable.ts';

/** What the chart says by values of its own, or leaves to Kubernetes: nobody sets it a second time. */
const OF_THE_CHART: ReadonlySet<string> = new Set([
  'KUBECONFIG',
  'KUBERNETES_SERVICE_HOST',
  'KUBERNETES_SERVICE_PORT',
  'AWOOOI_SERVICE_ACCOUNT_DIR',
  'AWOOOI_NAMESPACES',
  'AWOOOI_POD_NAMESPACE',
  'AWOOOI_IDENTITY',
  'AWOOOI_LISTEN_ADDRESS',
  'AWOOOI_API_PORT',
  'AWOOOI_OPS_PORT',
  'AWOOOI_PUBLIC_URL',
  'AWOOOI_ALERTMANAGER_URLS',
  'AWOOOI_ALERTMANAGER_RECEIVER',
  'AWOOOI_REPAIR_EXECUTION',
]);

const variables: readonly VariableFacts[] = variablesOf(OperatorVariables)
  .map(({ facts }) => facts)
  .filter(({ hidden, env }) => !hidden && !OF_THE_CHART.has(env));

/** Where in a Secret a credential stands. */
const SecretKey = z.strictObject({
  secret: z.string().min(1).describe('Name of a Secret in the namespace of the release.'),
  key: z.string().min(1).optional().describe('Key in it. Default: the name of the variable.'),
});

/**
 * The variables of docs/configuration.md that are no credentials. All of them are text: Helm reads a bare -1001234567890 as a floating
 * point number, and would hand the operator another chat.
 */
export const Settings = z.strictObject(
  Object.fromEntries(variables.filter(({ secret }) => !secret).map(facts => [facts.env, z.string().optional().describe(said(facts))])),
);

/** The variables of docs/configuration.md that are credentials: each is read from the Secret that people keep it in. */
export const Credentials = z.strictObject(
  Object.fromEntries(variables.filter(({ secret }) => secret).map(facts => [facts.env, SecretKey.optional().describe(said(facts))])),
);

function said({ description, expects, default: preset }: VariableFacts): string {
  const otherwise = preset === undefined || preset === '' ? '' : ` Default: ${preset}.`;
  return `${description} Takes ${expects}.${otherwise}`;
}
