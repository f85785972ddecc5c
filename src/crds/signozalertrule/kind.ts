import type { CustomObject } from '../object.ts';
import type { SignozAlertRuleSpec } from './spec.ts';
import type { SignozAlertRuleStatus } from './status.ts';

export type SignozAlertRule = CustomObject<SignozAlertRuleSpec, SignozAlertRuleStatus>;

export const SIGNOZ_ALERT_RULE = {
  group: 'awoooi.io',
  version: 'v1alpha1',
  kind: 'SignozAlertRule',
  plural: 'signozalertrules',
  singular: 'signozalertrule',
  shortNames: ['sar'],
  categories: ['awoooi'],
} as const;

/** Keeps an object until its rule in SigNoz is dealt with as spec.deletionPolicy says. */
export const RULE_FINALIZER = 'awoooi.io/signoz-alert-rule';

/** On an object: its rule may be deleted although many are deleted at once. */
export const CONFIRM_DELETION = 'awoooi.io/confirm-deletion';
