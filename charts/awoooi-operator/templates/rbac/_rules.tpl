{{/* What the operator may do with the objects of the namespaces that it looks after. */}}
{{- define "awoooi.rules" -}}
# Probes are read and watched; of them only the status is written.
- apiGroups: [awoooi.io]
  resources: [alertchainprobes]
  verbs: [get, list, watch]
- apiGroups: [awoooi.io]
  resources: [alertchainprobes/status]
  verbs: [patch]
# Alert rules are read and watched; the finalizer keeps one until its rule in SigNoz is dealt with.
- apiGroups: [awoooi.io]
  resources: [signozalertrules]
  verbs: [get, list, watch, patch]
- apiGroups: [awoooi.io]
  resources: [signozalertrules/status]
  verbs: [patch]
# Playbooks are written where an action has proved itself, by server-side apply (create and patch); none is ever deleted.
- apiGroups: [awoooi.io]
  resources: [repairplaybooks]
  verbs: [get, list, watch, create, patch]
# Their figures, and whether they have proved themselves.
- apiGroups: [awoooi.io]
  resources: [repairplaybooks/status]
  verbs: [patch]
# A run is made for an incident, and deleted once its playbook has more of them than it keeps. Without the verb approve: the operator
# records in its status what people decide, and decides nothing in their place. What it may repair, each namespace gives (config/repair).
- apiGroups: [awoooi.io]
  resources: [repairruns]
  verbs: [get, list, watch, create, delete]
# Every step before and after it is done, and who approved.
- apiGroups: [awoooi.io]
  resources: [repairruns/status]
  verbs: [patch]
# A condition that turned is told as an Event beside the object.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
# Secrets that an object names, one by one. Without list and watch nobody can enumerate them with this token.
- apiGroups: ['']
  resources: [secrets]
  verbs: [get]
# spec.afterRollout.
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets]
  verbs: [get]
{{- end -}}

{{/* What stands outside of all namespaces. */}}
{{- define "awoooi.clusterRules" -}}
# Its uid is this cluster's identity: two operators on one SigNoz tell their rules apart by it.
- apiGroups: ['']
  resources: [namespaces]
  resourceNames: [kube-system]
  verbs: [get]
# Callers of the API may sign in with a Kubernetes token.
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
- apiGroups: [authorization.k8s.io]
  resources: [subjectaccessreviews]
  verbs: [create]
{{- end -}}
