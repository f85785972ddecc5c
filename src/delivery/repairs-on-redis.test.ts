import { afterAll, beforeAll, expect, it } from 'vitest';
import { ingestOf, newAnomaly } from '../../test/builders/ingest.ts';
import { type RepairDesk, repairDesk } from '../../test/builders/repair-desk.ts';
import { playbookOf, statsOf } from '../../test/builders/known-playbook.ts';
import { BUTTON_SECRET, CHATS, telegramWorld } from '../../test/builders/telegram-world.ts';
import { type ConnectedRedis, startConnectedRedis } from '../../test/parts/connected-redis.ts';
import { eventually } from '../../test/parts/eventually.ts';
import { startTelegram, type Telegram } from '../../test/servers/telegram.ts';
import { memorySendRate } from '../adapters/memory/send-rate.ts';
import { redisIncidents } from '../adapters/redis/incidents/incidents.ts';
import type { RepairRun } from '../crds/repairrun/kind.ts';
import type { RepairRunStatus } from '../crds/repairrun/status.ts';
import { decisions } from '../domain/approvals/decisions.ts';
import { verifiedPress } from '../domain/cards/press-data.ts';
import type { IncidentRepair } from '../domain/incidents/incident.ts';
import { repairTold, toldOf } from '../domain/incidents/told.ts';
import { offerFor } from '../domain/playbook/offer.ts';
import type { IncidentStore } from '../domain/ports/incident-store.ts';
import type { Outbox } from '../domain/ports/outbox.ts';
import type { Logger } from '../telemetry/logger.ts';
import { repairRunsChannel } from './repair-runs.ts';
import { decisionPress } from './telegram/decision-press.ts';
import { telegramChannel } from './telegram/incident-channel.ts';
import { telegramRepairChannel } from './telegram/repair-channel.ts';
import { type DeliveryWorkers, deliveryWorkers } from './worker.ts';

const soon = (): AbortSignal => AbortSignal.timeout(20_000);
const now = (): Date => new Date();
const log: Logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };
const TELLERS = { telegram: true, webhook: false };

let redis: ConnectedRedis;
let server: Telegram;
let desk: RepairDesk;
let incidents: IncidentStore;
let outbox: Outbox;
let workers: DeliveryWorkers;

beforeAll(async () => {
  [redis, server] = await Promise.all([startConnectedRedis(), startTelegram({ chats: CHATS })]);
  ({ incidents, outbox } = redisIncidents({ redis: redis.ours, replica: 'r', reopenWithinMs: 60_000, retentionMs: 3_600_000 }));
  desk = repairDesk([playbookOf('restart', { status: statsOf(0.7) }), playbookOf('scale', { spec: { mode: 'Automatic' } })]);
  const known = { ...desk.objects, now };
  const deps = telegramWorld(server, {}, { now, rate: memorySendRate({ now }), offer: incident => offerFor(incident, known) }).deps;
  const channels = [
    repairRunsChannel({ objects: desk.objects, synced: () => true, now }),
    telegramChannel(deps),
    telegramRepairChannel(deps),
  ];
  const metrics = { outcome: () => {}, took: () => {}, open: () => {} };
  const how = { random: Math.random, consumer: 'c1', giveUpAfterMs: 3_600_000, limits: { lookEveryMs: 100 } };
  workers = deliveryWorkers({ outbox, incidents, channels, metrics, log, ...how });
  workers.start();
});
afterAll(async () => {
  await workers.close();
  await Promise.all([redis.stop(), server.stop()]);
});

const runOf = (playbook: string): Promise<[string, RepairRun]> =>
  eventually(() => [...desk.runs].find(([, run]) => run.spec.playbookRef.name === playbook), { withinMs: 15_000 });

/** What the controller of runs does when a run moves. */
async function moves(
  playbook: string,
  status: RepairRunStatus & { readonly phase: IncidentRepair['phase'] },
  over: Partial<IncidentRepair>,
) {
  const [name, run] = await runOf(playbook);
  desk.move(name, status);
  const { phase } = status;
  const approvalId = run.status?.approvalId ?? '';
  const repair = {
    approvalId,
    run: name,
    playbook,
    summary: 'it is done',
    tier: 1,
    phase,
    detail: 'so it stands',
    updatedAt: now(),
    ...over,
  };
  await incidents.repairing(run.spec.incidentId ?? '', { repair, tell: repairTold(TELLERS) }, soon());
}

const message = (beginning: string) =>
  eventually(() => server.cards().find(({ text }) => text.startsWith(beginning)), { withinMs: 15_000 });
const waiting = (): Partial<IncidentRepair> => ({ waitsFor: 'approval', expiresAt: new Date(Date.now() + 600_000) });

it('an incident asks, is approved by a button, goes on with the next when that fails, and calls people in the end', async () => {
  const anomalyKey = newAnomaly();
  const labels = { alertname: 'DiskFull', namespace: 'shop', deployment: 'cart' };
  const tellers = { ...TELLERS, sentry: false, model: true, repairs: true, criticalRepeatAfterMs: 0, criticalEscalateAfterMs: 0 };
  const told = toldOf({ source: 'alertmanager', severity: 'warning' }, tellers);
  const ingest = ingestOf({ anomalyKey, name: 'DiskFull', labels }, { told });
  await incidents.ingest([ingest], soon());

  await moves('restart', { phase: 'AwaitingApproval' }, waiting());
  const asked = await message('⏳ waits for approval');
  const [first, ...others] = [...desk.runs.values()];
  expect([first?.spec.playbookRef.name, others.length]).toEqual(['restart', 0]);

  const wish = verifiedPress(asked.buttons[0]?.[0]?.data ?? '', '-1001', [BUTTON_SECRET]);
  if (!wish) throw new Error('the message has no button that we signed');
  const how = { decisions: decisions({ objects: desk.objects, now }), incidents, chats: ['-1001'], language: 'en', logger: log } as const;
  expect(await decisionPress(how)(wish, { who: 'telegram:mia (9)', userId: 9, name: 'mia' }, soon())).toBe('Approved.');
  await moves('restart', { phase: 'Running', startedAt: now().toISOString() }, { by: 'telegram:mia (9)' });
  expect(await message('🛠 running, by telegram:mia (9)')).toMatchObject({ messageId: asked.messageId, buttons: [] });

  await moves('restart', { phase: 'Failed' }, { by: 'telegram:mia (9)' });
  await moves('scale', { phase: 'AwaitingApproval' }, waiting());
  await message('⏳ waits for approval');
  await moves('scale', { phase: 'Failed' }, { by: 'gate' });
  expect(await message('🆘 No repair is left (failed: restart, scale)')).not.toHaveProperty('quiet');
  const incident = await incidents.find(ingest.newId, soon());
  expect(incident?.repairs.map(({ playbook, phase }) => `${playbook} ${phase}`)).toEqual(['restart Failed', 'scale Failed']);
  expect(incident?.timeline.map(({ what }) => what)).toEqual([
    'opened',
    'repair-proposed',
    'repair-started',
    'repair-ended',
    'repair-proposed',
    'repair-ended',
  ]);
  const card = await eventually(() => server.cards().find(({ text }) => /DiskFull[^]*❌ restart[^]*❌ scale[^]*🆘/.test(text)), {
    withinMs: 15_000,
  });
  expect(card.buttons.flat().map(({ text }) => text)).toContain('✅ Acknowledge');
  expect(desk.runs.size).toBe(2);
}, 60_000);
