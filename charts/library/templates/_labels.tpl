{{- define "library.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "library.labels" -}}
{{ include "library.selector" . }}
app.kubernetes.io/version: {{ .Values.version | quote }}
app.kubernetes.io/component: service
app.kubernetes.io/part-of: bedplate
app.kubernetes.io/managed-by: argocd
bedplate.dev/environment: {{ .Values.facts.environment }}
bedplate.dev/layer: services
{{- end }}

{{- define "library.metadata" -}}
name: {{ .Release.Name }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "library.labels" . | nindent 2 }}
{{- end }}
