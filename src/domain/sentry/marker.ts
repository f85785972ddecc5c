/** The last line of a comment of ours, by which it is found again, and by which we know it when Sentry tells us of it. */
export function commentMarker(incidentId: string): string {
  return `[awoooi#${incidentId}]`;
}

/** Whether a comment is the one with this marker. Elsewhere in a text it is only talk of it: an analysis may quote any. */
export function endsWithMarker(text: string, marker: string): boolean {
  const [last] = text.trimEnd().split('\n').slice(-1);
  return last?.trim() === marker;
}
