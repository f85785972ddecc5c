{{/* A name to which -api-server-endpoints can be added within 63 characters. What had to be cut off still tells two of them apart. */}}
{{- define "awoooi.short" -}}
{{- if gt (len .) 42 -}}{{- printf "%s-%s" (trunc 33 . | trimAll "-.") (sha256sum . | trunc 8) -}}{{- else -}}{{- . -}}{{- end -}}
{{- end -}}

{{/* The chart's name where that begins with the release's (awoooi: awoooi-operator), else both. */}}
{{- define "awoooi.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $whole := printf "%s-%s" .Release.Name $name -}}
{{- if .Values.fullnameOverride -}}
{{- $whole = .Values.fullnameOverride -}}
{{- else if or (eq $name .Release.Name) (hasPrefix (printf "%s-" .Release.Name) $name) -}}
{{- $whole = $name -}}
{{- end -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $whole) -}}
{{- fail (printf "%q is no name for a Service: it takes small letters, digits and -, and begins with a letter. Set fullnameOverride, for example awoooi-operator" $whole) -}}
{{- end -}}
{{- include "awoooi.short" $whole -}}
{{- end -}}

{{/* Of what stands outside of the namespace of the release, where a release of the same name in another namespace has the same. */}}
{{- define "awoooi.outside" -}}
{{- if eq .Release.Namespace "awoooi-system" -}}
{{- include "awoooi.fullname" . -}}
{{- else -}}
{{- include "awoooi.short" (printf "%s.%s" (include "awoooi.fullname" .) .Release.Namespace) -}}
{{- end -}}
{{- end -}}

{{/* What never changes in the life of a release. */}}
{{- define "awoooi.selectorLabels" -}}
app.kubernetes.io/name: awoooi-operator
app.kubernetes.io/instance: {{ toYaml .Release.Name }}
{{- end -}}

{{- define "awoooi.labels" -}}
{{- include "awoooi.labelsWith" (dict "root" . "value" "commonLabels" "labels" dict) -}}
{{- end -}}

{{/* Those and others, which the value of that name adds to objects of one kind. */}}
{{- define "awoooi.labelsWith" -}}
{{ include "awoooi.selectorLabels" .root }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with include "awoooi.addedLabels" . }}
{{ . }}
{{- end }}
{{- end -}}

{{/* What people add, where two values name the same label the one that says more. The chart's own are not theirs: selectors go by these, and no
upgrade can change a selector. */}}
{{- define "awoooi.addedLabels" -}}
{{- range $name, $labels := merge (dict "commonLabels" .root.Values.commonLabels) (dict .value .labels) -}}
{{- range $label := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "app.kubernetes.io/version" "app.kubernetes.io/managed-by" "helm.sh/chart" -}}
{{- if hasKey (default dict $labels) $label -}}
{{- fail (printf "%s has %s, which the chart itself sets: selectors and Helm go by it. Take it away, or give the label another name" $name $label) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with merge (dict) (default dict .labels) (default dict .root.Values.commonLabels) -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{- define "awoooi.serviceAccount" -}}
{{- default (include "awoooi.fullname" .) .Values.serviceAccount.name -}}
{{- end -}}

{{/* Where the generated credentials of senders and of the API are, or those that people made themselves. */}}
{{- define "awoooi.credentials" -}}
{{- default (printf "%s-credentials" (include "awoooi.fullname" .)) .Values.existingSecret -}}
{{- end -}}

{{- define "awoooi.redis" -}}
{{ include "awoooi.fullname" . }}-redis
{{- end -}}

{{/* Where the password of the chart's own Redis is, and the URL of either. */}}
{{- define "awoooi.redisCredentials" -}}
{{- if and (include "awoooi.ownRedis" .) .Values.redis.existingSecret -}}
{{- .Values.redis.existingSecret -}}
{{- else if .Values.redis.external.url -}}
{{- include "awoooi.redis" . }}-url
{{- else -}}
{{- include "awoooi.redis" . -}}
{{- end -}}
{{- end -}}

{{- define "awoooi.image" -}}
{{- with .Values.image -}}
{{- $name := printf "%s:%s" .repository (default $.Chart.AppVersion .tag) -}}
{{- if .digest -}}{{ $name }}@{{ .digest }}{{- else -}}{{ $name }}{{- end -}}
{{- end -}}
{{- end -}}

{{/* Where others of this cluster reach the API. */}}
{{- define "awoooi.url" -}}
http://{{ include "awoooi.fullname" . }}.{{ .Release.Namespace }}.svc:{{ .Values.service.port }}
{{- end -}}

{{/* Whom every binding names. */}}
{{- define "awoooi.subjects" -}}
subjects:
  - kind: ServiceAccount
    name: {{ include "awoooi.serviceAccount" . | toYaml }}
    namespace: {{ toYaml .Release.Namespace }}
{{- end -}}

{{/* The Secret with the URL of Redis, unless people keep it in one of theirs. */}}
{{- define "awoooi.redisSecret" -}}
{{- if and (not .Values.redis.enabled) (not .Values.redis.external.url) (not .Values.credentials.REDIS_URL) -}}
{{- fail "the operator needs a Redis: set redis.enabled=true for the one of the chart, or redis.external.url or credentials.REDIS_URL for yours" -}}
{{- end -}}
{{- with .Values.credentials.REDIS_URL -}}
{{- .secret -}}
{{- else -}}
{{- include "awoooi.redisCredentials" . -}}
{{- end -}}
{{- end -}}

{{/* Whether the Redis of the chart is made: a word where it is, else nothing. */}}
{{- define "awoooi.ownRedis" -}}
{{- if and .Values.redis.enabled (not .Values.redis.external.url) (not .Values.credentials.REDIS_URL) -}}yes{{- end -}}
{{- end -}}

{{/* Variable to Secret and key: what people gave, and what the chart makes where they gave nothing. */}}
{{- define "awoooi.credentialFiles" -}}
{{- $files := dict -}}
{{- range $variable := list "AWOOOI_WEBHOOK_TOKENS" "AWOOOI_API_TOKENS" -}}
{{- $_ := set $files $variable (dict "secret" (include "awoooi.credentials" $) "key" $variable) -}}
{{- end -}}
{{- $_ := set $files "REDIS_URL" (dict "secret" (include "awoooi.redisSecret" .) "key" "REDIS_URL") -}}
{{- range $variable, $place := .Values.credentials -}}
{{- $_ := set $files $variable (dict "secret" $place.secret "key" (default $variable $place.key)) -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}

{{/* What every container is held to. */}}
{{- define "awoooi.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{- define "awoooi.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* What the chart makes up goes by a hook: a rollback would put the values of its revision in the place of those that people rotated to, and
Alertmanager would be refused from then on. With secretsBy: Resource they are ordinary objects, for who keeps what is there by other means. */}}
{{- define "awoooi.made" -}}
annotations:
  # Where secretsBy is changed, Helm takes away what is no object of the release any more: these have to outlive that, and a rollback of it.
  helm.sh/resource-policy: keep
{{- if eq .Values.secretsBy "Hook" }}
  helm.sh/hook: pre-install,pre-upgrade
  helm.sh/hook-weight: '-10'
  helm.sh/hook-delete-policy: before-hook-creation
  # It does not look into the cluster, and would make up others at every sync.
  argocd.argoproj.io/hook: Skip
  # By these Helm takes it for an object of the release once secretsBy says so.
  meta.helm.sh/release-name: {{ toYaml .Release.Name }}
  meta.helm.sh/release-namespace: {{ toYaml .Release.Namespace }}
{{- end }}
{{- end -}}

{{/* Takes such a Secret away with the release, which only a hook does. One of the same name that people made is not touched. */}}
{{- define "awoooi.unmade" }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ .name }}
  namespace: {{ toYaml .root.Release.Namespace }}
  labels:
    {{- include "awoooi.labels" .root | nindent 4 }}
  annotations:
    helm.sh/hook: post-delete
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
    argocd.argoproj.io/hook: Skip
type: Opaque
{{- end -}}
