const NAME = /^[A-Za-z_.][A-Za-z0-9_.]*$/;

/** True for the name of a label or annotation that SigNoz takes. */
export function isSignozName(name: string): boolean {
  return NAME.test(name);
}

/** The name with all that SigNoz does not take replaced; unchanged where it takes it. */
export function signozName(name: string): string {
  if (isSignozName(name)) return name;
  const plain = name.replaceAll(/[^A-Za-z0-9_]/g, '_');
  return isSignozName(plain) ? plain : `_${plain}`;
}
