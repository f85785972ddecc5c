import type { Note } from './note.ts';

/** The unit of the query: the one given, else the one that all texts ask for. */
export function chosenUnit(
  given: string | undefined,
  asked: readonly string[],
): { readonly unit?: string; readonly notes: readonly Note[] } {
  const units = [...new Set(asked)];
  const [only] = units;
  if (given !== undefined) {
    const others = units.filter(unit => unit !== given);
    if (others.length === 0) return { unit: given, notes: [] };
    const message = `the texts show the value as ${others.join(' and ')}, and unit is ${given}: SigNoz formats by the unit alone`;
    return { unit: given, notes: [said('UnitConflict', message)] };
  }
  if (only === undefined) return { notes: [] };
  if (units.length > 1) {
    return {
      notes: [
        said(
          'UnitConflict',
          `the texts show the value as ${units.join(' and as ')}: SigNoz has one unit for it. Set unit to the one meant`,
        ),
      ],
    };
  }
  return { unit: only, notes: [said('UnitSet', `unit is ${only}, for the function that was left out: SigNoz formats the value by it`)] };
}

function said(code: Note['code'], message: string): Note {
  return { code, field: 'unit', message };
}
