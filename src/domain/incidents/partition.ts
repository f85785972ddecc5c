/** Redis keys are spread over so many hash slots by anomaly (DESIGN.md section 1). */
export const PARTITIONS = 16;

const ANOMALY_KEY = /^v\d+-([0-9a-f])[0-9a-f]{15}$/;
const INCIDENT_ID = /^inc-(\d\d)-[a-z0-9]{13}$/;

/** The partition of an anomaly, 0 to 15: the first digit of its hash. */
export function partitionOf(anomalyKey: string): number {
  const [, digit = '0'] = ANOMALY_KEY.exec(anomalyKey) ?? [];
  return Number.parseInt(digit, 16);
}

/** Whether this operator made the key; a foreign one is no incident's. */
export function isAnomalyKey(text: string): boolean {
  return ANOMALY_KEY.test(text);
}

/** The partition that an incident id names; undefined for what is no incident id. */
export function partitionOfIncident(id: string): number | undefined {
  const [, digits] = INCIDENT_ID.exec(id) ?? [];
  const partition = digits === undefined ? Number.NaN : Number(digits);
  return partition < PARTITIONS ? partition : undefined;
}

/** `inc-07-3f9c…`: names its partition, so that it is found without an index. `random` are 13 lower-case letters or digits. */
export function incidentId(anomalyKey: string, random: string): string {
  return `inc-${String(partitionOf(anomalyKey)).padStart(2, '0')}-${random}`;
}
