type Plain = Readonly<Record<string, unknown>>;

/** A playbook's spec that is right, changed where it is to differ; `undefined` takes a field away. */
export function playbookSpec(over: Plain = {}): Plain {
  return { match: { alertname: 'ApiErrors' }, steps: [restartStep()], ...over };
}

/** A rollout restart of Deployment api. */
export function restartStep(over: Plain = {}): Plain {
  return { action: 'restart_pod', target: deployment(), ...over };
}

export function scaleStep(parameters: Plain = {}, over: Plain = {}): Plain {
  return { action: 'scale_up', target: deployment(), parameters: { by: 1, maxReplicas: 5, ...parameters }, ...over };
}

export function memoryStep(parameters: Plain = {}, over: Plain = {}): Plain {
  return { action: 'increase_memory', target: deployment(), parameters: { factor: 1.5, max: '2Gi', ...parameters }, ...over };
}

/** A new image for the first container. */
export function patchStep(over: Plain = {}, more: Plain = {}): Plain {
  const operation = { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'registry.example.com/api:1.2.3', ...over };
  return { action: 'patch_deployment', target: deployment(), parameters: { patch: [operation] }, ...more };
}

export function notifyStep(over: Plain = {}): Plain {
  return { action: 'notify_team', parameters: { text: 'The queue was full; look at the consumers.' }, ...over };
}

export function deployment(over: Plain = {}): Plain {
  return { kind: 'Deployment', name: 'api', ...over };
}

/** The object as it is applied. */
export function playbookManifest(spec: Plain = playbookSpec(), name = 'restart-api'): Plain {
  return { apiVersion: 'awoooi.io/v1alpha1', kind: 'RepairPlaybook', metadata: { name }, spec };
}
