import { isRecord } from '../text/json.ts';
import { quantityOf, written } from './quantity.ts';

/** The resources of a container, or a part of them, with every quantity as the API server writes it. */
export function canonicalResources(value: unknown): unknown {
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, canonicalResources(inner)]));
  const quantity = quantityOf(value);
  return quantity ? written(quantity) : value;
}
