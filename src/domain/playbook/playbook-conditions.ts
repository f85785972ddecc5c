import type { RepairPlaybook } from '../../crds/repairplaybook/kind.ts';
import type { TrustDecision, TrustReason } from './trust.ts';

/** A condition as decided; the frame adds observedGeneration and lastTransitionTime. */
export interface PlaybookVerdict {
  readonly status: 'True' | 'False';
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
}

/** By type; Stalled only where a person has to change something (kstatus). */
export type PlaybookConditions = Readonly<Record<string, PlaybookVerdict>>;

/** What happened to a playbook's trust, for its events. */
export interface PlaybookEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
  readonly action: string;
}

const yes = (reason: string, message: string): PlaybookVerdict => ({ status: 'True', reason, message });
const no = (reason: string, message: string): PlaybookVerdict => ({ status: 'False', reason, message });

/** The conditions of a playbook, of its spec and what is decided about its trust. */
export function playbookConditions(playbook: RepairPlaybook, decided: TrustDecision): PlaybookConditions {
  const quarantined = quarantinedOf(playbook, decided);
  const trusted = trustedOf(decided);
  if (quarantined.status === 'True') {
    const ready = no('Quarantined', quarantined.message);
    return { Ready: ready, Trusted: trusted, Quarantined: quarantined, Stalled: { ...ready, status: 'True' } };
  }
  const ready = playbook.spec.suspend ? SUSPENDED : readyOf(playbook, decided);
  return { Ready: ready, Trusted: trusted, Quarantined: quarantined };
}

/** Neither can be said of a playbook that cannot be read. */
export function invalidPlaybook(problems: readonly string[]): PlaybookConditions {
  const message = cut(`The spec is not valid, so the playbook is neither suggested nor run. Mend it: ${problems.join('; ')}`);
  return { Ready: no('InvalidSpec', message), Trusted: no('InvalidSpec', message), Stalled: yes('InvalidSpec', message) };
}

const SUSPENDED = no('Suspended', 'The playbook is suspended: it is neither suggested nor run. Set spec.suspend to false to go on.');

function readyOf({ spec: { mode } }: RepairPlaybook, { trust }: TrustDecision): PlaybookVerdict {
  switch (mode) {
    case 'Suggest':
      return yes(
        'Suggested',
        'The cards of incidents that it matches suggest it, and it runs once a person asks for it and it is approved.',
      );
    case 'Approve':
      return yes('AsksForApproval', 'An incident that it matches makes a run that waits for approval.');
    case 'Shadow':
      return yes('OnlyCompared', 'An incident that it matches makes a dry run, which is compared with what people do.');
    case 'Automatic':
      return trust === 'Trusted'
        ? yes('RunsByItself', 'An incident that it matches makes a run, which goes ahead by itself where the safety limits let it.')
        : yes('AsksUntilTrusted', 'An incident that it matches makes a run that waits for approval until the playbook is Trusted.');
  }
}

const NEEDS = 'it takes a lower bound of 0.6 and an effective number of 5 verified runs, of which older ones count less (status.stats)';

function trustedOf({ because }: TrustDecision): PlaybookVerdict {
  if (because === 'Proven') return yes('Proven', 'Its verified runs show that it helps.');
  if (because === 'TooFewRuns') return no('TooFewRuns', `Too few verified runs stand behind it: ${NEEDS}.`);
  if (because === 'TooUncertain') return no('TooUncertain', `Its verified runs do not show for sure that it helps: ${NEEDS}.`);
  return no('Quarantined', 'It is quarantined.');
}

function quarantinedOf({ metadata, status }: RepairPlaybook, { because }: TrustDecision): PlaybookVerdict {
  if (because === 'StillQuarantined') {
    const stood = status?.conditions?.find(({ type }) => type === 'Quarantined');
    if (stood?.status === 'True') return yes(stood.reason, stood.message);
  }
  const what = LOSSES[because];
  if (what === undefined) return no('NotQuarantined', 'Nothing that its runs have shown speaks against it.');
  const { name, namespace } = metadata;
  const end = `kubectl -n ${namespace} annotate repairplaybook ${name} awoooi.io/end-quarantine="$(date)" --overwrite`;
  return yes(because, `${what}, so it is neither suggested nor run. Find out why, then end its quarantine: ${end}`);
}

const LOSSES: Readonly<Partial<Record<TrustReason, string>>> = {
  ThreeFailuresInARow: 'Three of its runs failed in a row',
  LowerBoundFell: 'With its last failure the lower bound of its rate of success fell below 0.4',
  StillQuarantined: 'Its runs have failed too often',
};

/** What people are told of: turns of trust, and none where it stays. */
export function trustEvents({ status }: RepairPlaybook, decided: TrustDecision, conditions: PlaybookConditions): readonly PlaybookEvent[] {
  const { trust, released } = decided;
  const before = status?.trust ?? 'Candidate';
  const events: PlaybookEvent[] = [];
  if (released)
    events.push(event('Normal', 'QuarantineEnded', 'A person has ended its quarantine: its failures until now no longer count.'));
  if (trust === before) return events;
  if (trust === 'Quarantined') return [...events, event('Warning', 'Quarantined', conditions['Quarantined']?.message ?? '')];
  if (trust === 'Trusted') return [...events, event('Normal', 'Trusted', conditions['Trusted']?.message ?? '')];
  return before === 'Trusted' ? [...events, event('Normal', 'NoLongerTrusted', conditions['Trusted']?.message ?? '')] : events;
}

function event(type: PlaybookEvent['type'], reason: string, message: string): PlaybookEvent {
  return { type, reason, message, action: 'Judge' };
}

/** Conditions hold at most 32,768 characters; people read far less. */
function cut(text: string): string {
  return text.length > 1024 ? `${text.slice(0, 1023)}…` : text;
}
