import type { CustomObject } from '../object.ts';
import type { AlertChainProbeSpec } from './spec.ts';
import type { AlertChainProbeStatus } from './status.ts';

export type AlertChainProbe = CustomObject<AlertChainProbeSpec, AlertChainProbeStatus>;

export const ALERT_CHAIN_PROBE = {
  group: 'awoooi.io',
  version: 'v1alpha1',
  kind: 'AlertChainProbe',
  plural: 'alertchainprobes',
  singular: 'alertchainprobe',
  shortNames: ['acp'],
  categories: ['awoooi'],
} as const;
