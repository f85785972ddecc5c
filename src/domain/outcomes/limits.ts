/** So many outcomes of each action of an anomaly are kept with their details, */
export const DETAILS = 100;
/** and so long; an anomaly of which no outcome came for so long is forgotten. */
export const OUTCOMES_MS = 90 * 86_400_000;
/** A playbook that did not run for so long has no record. */
export const PLAYBOOK_MS = 365 * 86_400_000;
/** So many ids of an anomaly, and of a playbook, are known again at least: the newest, until it is forgotten. */
export const KNOWN_IDS = 1000;
/** So many actions of an anomaly are counted: beyond, the one that was used last the longest ago makes room, those not verified first. */
export const ACTIONS = 64;
/** Of the newest outcomes the times are at hand. */
export const RECENT = 20;
/** Of a playbook so many outcomes are told. */
export const LAST_OUTCOMES = 10;
