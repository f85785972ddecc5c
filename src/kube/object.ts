/** Any Kubernetes object as the API server sent it: only what the runtime itself reads is typed. */
export interface RawObject {
  readonly metadata: RawMetadata;
  readonly [field: string]: unknown;
}

interface RawMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly resourceVersion: string;
  readonly [field: string]: unknown;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isRawObject(value: unknown): value is RawObject {
  return isRecord(value) && isMetadata(value['metadata']);
}

function isMetadata(value: unknown): value is RawMetadata {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    typeof value['resourceVersion'] === 'string' &&
    (value['namespace'] === undefined || typeof value['namespace'] === 'string')
  );
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object without `managedFields` and without kubectl's copy of it: together often larger than the object itself. */
export function slim(object: RawObject): RawObject {
  // Copied without them: `delete` would turn each object into a hash table, which costs more than it saves.
  const { managedFields: _, annotations, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...keptAnnotations(annotations) } };
}

function keptAnnotations(annotations: unknown): { annotations?: unknown } {
  if (annotations === undefined) return {};
  if (!isRecord(annotations) || !(LAST_APPLIED in annotations)) return { annotations };
  const { [LAST_APPLIED]: _, ...kept } = annotations;
  return { annotations: kept };
}
