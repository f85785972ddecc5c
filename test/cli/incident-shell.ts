import { awoooi } from '../../src/cli/program.ts';
import { closedCli } from '../builders/closed-cli.ts';
import { openApi } from '../../src/wiring/cli-session.ts';
import { seededIncident, seededIncidents } from '../builders/seeded-incidents.ts';
import { API_TOKEN, listening, webhookWorld } from '../builders/webhook-world.ts';
import type { Ran } from './shell.ts';
import { screen } from './screen.ts';

/** The operator's server over incidents that are there, and a shell that has the server's token. */
export const at = (minute: number): Date => new Date(Date.UTC(2026, 2, 29, 2, minute));
const ESCAPE = '\u001b[2J';
export const WAY_OUT =
  'the bot was kicked from the chat: invite it again, give it the right to write, and then run awoooi deliveries retry';
export const LONG_REASON = `403 ${'Forbidden by a proxy that says much before it comes to the point. '.repeat(4)}${WAY_OUT}`;
const ONE_REPAIR = {
  run: 'payments/r',
  playbook: 'restart',
  summary: 'restart_pod of Deployment checkout',
  tier: 1,
  updatedAt: at(1),
};
export const OPEN = seededIncident({
  labels: { alertname: 'HighLatency', namespace: 'payments', deployment: 'checkout' },
  analysis: {
    by: 'rules',
    asked: 'rules',
    rootCause: `The memory of the pods runs out ${'again and again '.repeat(12)}at noon.`,
    impact: 'Customers wait.',
    fix: 'kubectl -n payments describe deployment checkout\nkubectl -n payments logs deployment/checkout --previous --all-containers --tail 200 --timestamps',
    prevention: '',
    confidence: 0.4,
    at: new Date(Date.UTC(2026, 2, 29, 2)),
  },
  deliveries: [
    { channel: 'webhook', state: 'delivered', at: at(1), attempts: 0, memo: { delivery: 'd-1' } },
    { channel: 'telegram-repeat', state: 'pending', at: at(0), due: at(10), attempts: 0, memo: {} },
    { channel: 'telegram', state: 'delivered', at: at(1), attempts: 1, memo: { messageId: '42' } },
    { channel: 'analysis', state: 'pending', at: at(1), since: at(0), due: at(3), attempts: 2, reason: LONG_REASON, memo: {} },
    { channel: 'sentry', state: 'skipped', at: at(1), attempts: 0, reason: 'SENTRY_API_TOKEN is not set', memo: {} },
  ],
  repairs: [
    { ...ONE_REPAIR, approvalId: 'rr-1', phase: 'Failed', detail: 'it fires again', by: `mei${ESCAPE}` },
    {
      ...ONE_REPAIR,
      approvalId: 'rr-2',
      playbook: 'scale',
      summary: 'scale_up of Deployment checkout.',
      phase: 'AwaitingApproval',
      detail: 'asked',
      waitsFor: 'approval',
      expiresAt: at(30),
    },
  ],
  annotations: { summary: `p99 ${ESCAPE}above 2 s` },
});
export const OLD = seededIncident({
  id: 'inc-04-bbbbbbbbbbbbb',
  name: 'PodDown',
  severity: 'warning',
  status: 'resolved',
  openedAt: at(-60),
});
export const FINGERPRINT = OPEN.fingerprint;
const RECEIVED = { source: 'alertmanager', status: 'firing', incidentId: OPEN.id } as const;
const TRACES = {
  [FINGERPRINT]: [
    { ...RECEIVED, at: at(1), replica: 'awoooi-1', outcome: 'deduplicated', detail: 'the firing of 02:00' },
    { ...RECEIVED, at: at(0), replica: 'awoooi-0', outcome: 'accepted' },
  ],
} as const;
const LETTER = {
  incidentId: OPEN.id,
  channel: 'telegram-escalation',
  since: at(0),
  diedAt: at(9),
  attempts: 12,
  reason: '403: bot was kicked',
};

export interface IncidentShell {
  readonly base: string;
  env(over: Record<string, string>): Record<string, string>;
  /** In this process, for each of its own would take half a second. */
  run(line: string, over?: Record<string, string>): Promise<Ran>;
  /** Of the server. */
  readonly world: Pick<ReturnType<typeof webhookWorld>, 'watchdogs' | 'chain'>;
  close(): PromiseLike<void>;
}

export async function incidentShell(): Promise<IncidentShell> {
  const { store, outbox } = seededIncidents({ incidents: [OPEN, OLD], traces: TRACES, dead: [LETTER, { ...LETTER, incidentId: OLD.id }] });
  const { app, ...world } = webhookWorld({ incidents: store, outbox });
  const base = `http://127.0.0.1:${await listening(app)}`;
  const env = (over: Record<string, string>): Record<string, string> => ({ AWOOOI_API_BASE: base, AWOOOI_API_TOKEN: API_TOKEN, ...over });
  return { base, env, run: (line, over = {}) => ran(line, env(over)), world, close: () => app.close() };
}

/** In this process. */
export async function ran(line: string, env: Record<string, string>): Promise<Ran> {
  const [stdout, stderr] = [screen(), screen()];
  const status = await awoooi(line.split(' '), closedCli({ env, stdout, stderr, openApi: () => openApi({ env, readFile: () => '' }) }));
  return { status, stdout: stdout.text(), stderr: stderr.text() };
}
