import { z } from 'zod';

const Alerts = z.array(
  z.object({ labels: z.record(z.string(), z.string()), annotations: z.record(z.string(), z.string()), endsAt: z.string() }),
);
export type FiringCanary = z.infer<typeof Alerts>[number];

/** The canaries that an Alertmanager holds for firing now, of the probes of one namespace. */
export async function firingCanaries(alertmanagerUrl: string, namespace: string): Promise<readonly FiringCanary[]> {
  const filter = encodeURIComponent('awoooi_canary="true"');
  const answer = await fetch(`${alertmanagerUrl}/api/v2/alerts?filter=${filter}`, { signal: AbortSignal.timeout(5_000) });
  return Alerts.parse(await answer.json()).filter(({ annotations }) => annotations['summary']?.includes(` ${namespace}/`));
}

/** Whatever becomes of us, none of these fires for longer than two minutes from now: Alertmanager itself ends them. */
export function endWithinTwoMinutes(canaries: readonly FiringCanary[]): boolean {
  return canaries.every(({ endsAt }) => Date.parse(endsAt) < Date.now() + 120_000);
}
