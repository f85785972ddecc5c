import { z } from 'zod';

const Matcher = z.strictObject({ name: z.string(), matchType: z.string(), value: z.string() });
const Route = z.looseObject({
  matchers: z.array(Matcher).default([]),
  get routes() {
    return z.array(Route).exactOptional();
  },
});
const Spec = z.object({
  apiVersion: z.literal('monitoring.coreos.com/v1alpha1'),
  kind: z.literal('AlertmanagerConfig'),
  spec: z.strictObject({ route: Route, receivers: z.array(z.looseObject({ name: z.string() })) }),
});

/**
 * The configuration that an AlertmanagerConfig stands for: its names in the words of Alertmanager, its Secrets as files. How the Prometheus
 * Operator puts it below others is left out.
 */
export function asAlertmanagerReads(object: unknown): object {
  const { route, receivers } = Spec.parse(object).spec;
  return { route: routeOf(route), receivers: receivers.map(snaked) };
}

function routeOf({ matchers, routes, ...rest }: z.infer<typeof Route>): object {
  return {
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [snake(name), value])),
    ...(matchers.length > 0 && { matchers: matchers.map(({ name, matchType, value }) => `${name}${matchType}"${value}"`) }),
    ...(routes && { routes: routes.map(routeOf) }),
  };
}

const Reference = z.strictObject({ name: z.string(), key: z.string() });

function snaked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snaked);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, of]): [string, unknown] => {
    const reference = Reference.safeParse(of).data;
    return reference ? [`${snake(name)}_file`, `/etc/${reference.name}/${reference.key}`] : [snake(name), snaked(of)];
  });
  return Object.fromEntries(fields);
}

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
