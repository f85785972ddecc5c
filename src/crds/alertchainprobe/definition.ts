import type { KindDefinition } from '../generate/custom-resource-definition.ts';
import { ALERT_CHAIN_PROBE } from './kind.ts';
import { AlertChainProbeSpec } from './spec.ts';
import { AlertChainProbeStatus } from './status.ts';

/** From which config/crd/alertchainprobes.yaml is generated. */
export const ALERT_CHAIN_PROBE_DEFINITION: KindDefinition = {
  names: ALERT_CHAIN_PROBE,
  description:
    'Proves, every so often and end to end, that an alert still reaches a human, and names the broken hop and its cause when it does not.',
  spec: AlertChainProbeSpec,
  status: AlertChainProbeStatus,
  columns: [
    { name: 'Ready', type: 'string', description: 'Whether the gate is open.', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
    { name: 'Reason', type: 'string', description: 'Why.', jsonPath: '.status.conditions[?(@.type=="Ready")].reason' },
    { name: 'Broken hop', type: 'string', description: 'First hop that did not pass.', jsonPath: '.status.brokenHop' },
    { name: 'Failures', type: 'integer', description: 'Failed runs in a row.', jsonPath: '.status.consecutiveFailures' },
    { name: 'Last run', type: 'date', description: 'When the last run began.', jsonPath: '.status.lastRun.startedAt' },
    { name: 'Next run', type: 'string', description: 'When the next run begins.', jsonPath: '.status.nextRunTime', priority: 1 },
    { name: 'Uptime 24h', type: 'string', description: 'Share of passed runs.', jsonPath: '.status.uptime.24h', priority: 1 },
    {
      name: 'Message',
      type: 'string',
      description: 'Why, as a sentence.',
      jsonPath: '.status.conditions[?(@.type=="Ready")].message',
      priority: 1,
    },
    { name: 'Age', type: 'date', description: 'When the probe was created.', jsonPath: '.metadata.creationTimestamp' },
  ],
};
