{{- define "library.service" -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "library.metadata" . | nindent 2 }}
  annotations:
    prometheus.io/scrape: "true"
    prometheus.io/port: {{ .Values.metricsPort | quote }}
spec:
  type: ClusterIP
  selector:
    {{- include "library.selector" . | nindent 4 }}
  ports:
    - {name: http, port: 80, targetPort: http, protocol: TCP}
    - {name: metrics, port: {{ .Values.metricsPort }}, targetPort: metrics, protocol: TCP}
{{- end }}

{{- define "library.networkpolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "library.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "library.selector" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    - from:
        - namespaceSelector:
            matchExpressions: [{key: bedplate.dev/tenant, operator: Exists}]
      ports:
        - {port: {{ .Values.port }}, protocol: TCP}
        - {port: {{ .Values.metricsPort }}, protocol: TCP}
  egress:
    {{- if .Values.uses }}
    - to:
        - namespaceSelector:
            matchLabels: {bedplate.dev/tenant: data}
      ports:
        {{- range $port := (include "library.egressPorts" . | fromYamlArray) }}
        - {port: {{ $port }}, protocol: TCP}
        {{- end }}
    {{- else }}
    []
    {{- end }}
{{- end }}

{{- define "library.egressPorts" -}}
{{- if and (has "sql" .Values.uses) .Values.facts.sql }}
- {{ .Values.facts.sql.port }}
{{- end }}
{{- if and (has "kafka" .Values.uses) .Values.facts.kafka }}
- {{ .Values.facts.kafka.bootstrapServers | first | splitList ":" | last }}
{{- end }}
{{- if and (has "cache" .Values.uses) .Values.facts.cache }}
- {{ .Values.facts.cache.port }}
{{- end }}
{{- if and (has "s3" .Values.uses) .Values.facts.s3 }}
- {{ .Values.facts.s3.endpoint | splitList ":" | last }}
{{- end }}
{{- end }}

{{- define "library.httproute" -}}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  {{- include "library.metadata" . | nindent 2 }}
spec:
  parentRefs:
    - {{- toYaml .Values.route.parent | nindent 6 }}
  hostnames: {{ toJson .Values.route.hostnames }}
  rules:
    - matches: [{path: {type: PathPrefix, value: {{ .Values.route.path }}}}]
      backendRefs: [{name: {{ .Release.Name }}, port: 80}]
{{- end }}

{{- define "library.servicemonitor" -}}
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  {{- include "library.metadata" . | nindent 2 }}
spec:
  selector:
    matchLabels:
      {{- include "library.selector" . | nindent 6 }}
  endpoints: [{port: metrics, interval: 30s}]
{{- end }}
