import { z } from 'zod';
import { Condition } from '../conditions.ts';
import { kindReader } from '../kind-reader.ts';
import type { CustomObject } from '../object.ts';
import { ALERT_CHAIN_PROBE } from './kind.ts';
import { AlertChainProbeSpec } from './spec.ts';
import { AlertChainProbeStatus } from './status.ts';

const OnlyConditions = z.object({ conditions: z.array(Condition).exactOptional() });

/**
 * A status of another version is ours to write anew, and no reason to pass over the object. Its conditions are kept where they can be
 * read, for the times of their transitions.
 */
const StoredStatus = AlertChainProbeStatus.catch(({ value }) => OnlyConditions.safeParse(value).data ?? {});

/** How probes are read. */
export const READER = kindReader({ names: ALERT_CHAIN_PROBE, spec: AlertChainProbeSpec, status: StoredStatus });

/** A probe as the cache holds it, its spec not yet read: an object stored under an older schema need not be valid today. */
export type StoredAlertChainProbe = CustomObject<unknown, AlertChainProbeStatus>;

/** What is cached of a probe; throws where the object is none of Kubernetes' own shape. */
export const storedAlertChainProbe = READER.stored;
