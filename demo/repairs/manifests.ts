const apiVersion = 'awoooi.io/v1alpha1';

/** A Deployment of two pods. */
export function deployment(name: string): object {
  const labels = { app: name };
  const containers = [{ name: 'main', image: `registry.example.com/${name}:1` }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  };
}

/** A playbook as a person writes it: restarts this Deployment, once somebody said yes. */
export function restartPlaybook(name: string, deploymentName: string): object {
  const spec = { match: { alertname: 'NobodySendsThis' }, steps: [restart(deploymentName)], mode: 'Approve' };
  return { apiVersion, kind: 'RepairPlaybook', metadata: { name }, spec };
}

/** A run of it that a person makes by hand, for no incident. */
export function restartRun(name: string, { playbook, hash, of }: { playbook: string; hash: string; of: string }): object {
  const spec = { playbookRef: { name: playbook }, playbookHash: hash, steps: [restart(of)] };
  return { apiVersion, kind: 'RepairRun', metadata: { name }, spec };
}

function restart(name: string): object {
  return { action: 'restart_pod', target: { kind: 'Deployment', name } };
}
