import { expect, it } from 'vitest';
import { severityOf } from './severity.ts';

it.each([
  ['critical', { severity: 'critical' }],
  ['critical', { severity: 'Page' }],
  ['critical', { severity: ' FATAL ' }],
  ['critical', { severity: 'P1' }],
  ['error', { severity: 'error' }],
  ['error', { severity: 'high' }],
  ['warning', { severity: 'warning' }],
  ['warning', { severity: 'medium' }],
  ['info', { severity: 'info' }],
  ['info', { severity: 'low' }],
  ['none', { severity: 'none' }],
  ['critical', { 'threshold.name': 'critical' }],
  ['info', { severity: 'info', 'threshold.name': 'critical' }],
  ['error', { severity: 'of-our-own', 'threshold.name': 'error' }],
  ['error', { level: 'error' }],
  ['warning', {}],
  ['warning', { severity: '' }],
  ['warning', { severity: 'constructor' }],
  ['warning', { severity: '__proto__' }],
])('%s is the severity of %j', (severity, labels) => {
  expect(severityOf(labels)).toBe(severity);
});
