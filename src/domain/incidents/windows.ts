/** Of the frequency; beyond the month an occurrence is forgotten. In milliseconds, as all here. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;
export const MONTH_MS = 30 * DAY_MS;
/** So many events of an incident are kept: that it opened, and the newest. */
export const TIMELINE = 200;
/** So many repairs of an incident are kept. */
export const REPAIRS = 20;
/** So many messages of an alert are kept for those who trace it, for a week. */
export const TRACED = 20;
