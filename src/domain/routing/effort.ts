/** How much may still be done for somebody who can ask for any amount. */
export interface Effort {
  /** False once more is asked for than there was, and from then on. */
  spend(amount: number): boolean;
}

/** Part of another one where that is given: then both must suffice. */
export function effort(most: number, of?: Effort): Effort {
  let left = most;
  return {
    spend(amount) {
      left -= amount;
      return left >= 0 && (of?.spend(amount) ?? true);
    },
  };
}
