/** How labels name workloads, the first that is there counts: as Prometheus does, and as OpenTelemetry does, whose dots some senders make lines of. */
export const WORKLOAD_LABELS = [
  ['Deployment', ['deployment', 'k8s.deployment.name', 'k8s_deployment_name']],
  ['StatefulSet', ['statefulset', 'k8s.statefulset.name', 'k8s_statefulset_name']],
  ['DaemonSet', ['daemonset', 'k8s.daemonset.name', 'k8s_daemonset_name']],
] as const;
