{{- define "library.serviceaccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "library.metadata" . | nindent 2 }}
automountServiceAccountToken: false
{{- end }}

{{- define "library.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "library.metadata" . | nindent 2 }}
spec:
  {{- if not .Values.autoscaling.enabled }}
  replicas: {{ .Values.replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  selector:
    matchLabels:
      {{- include "library.selector" . | nindent 6 }}
  strategy:
    rollingUpdate: {maxSurge: 1, maxUnavailable: 0}
  template:
    metadata:
      labels:
        {{- include "library.labels" . | nindent 8 }}
    spec:
      serviceAccountName: {{ .Release.Name }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      {{- with .Values.priorityClassName }}
      priorityClassName: {{ . }}
      {{- end }}
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        seccompProfile: {type: RuntimeDefault}
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: topology.kubernetes.io/zone
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels:
              {{- include "library.selector" . | nindent 14 }}
      containers:
        - name: {{ .Chart.Name }}
          image: {{ include "library.image" . }}
          imagePullPolicy: IfNotPresent
          ports:
            - {name: http, containerPort: {{ .Values.port }}}
            - {name: metrics, containerPort: {{ .Values.metricsPort }}}
          env:
            {{- include "library.environment" . | nindent 12 }}
          resources:
            {{- toYaml .Values.resources | nindent 12 }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {drop: [ALL]}
          readinessProbe:
            httpGet: {path: {{ .Values.probes.readiness }}, port: http}
            periodSeconds: 5
          livenessProbe:
            httpGet: {path: {{ .Values.probes.liveness }}, port: http}
            periodSeconds: 20
            failureThreshold: 6
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- range $name, $secret := (include "library.secrets" . | fromYaml) }}
            - {name: {{ $name }}, mountPath: /etc/bedplate/{{ $name }}, readOnly: true}
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: {sizeLimit: 64Mi}
        {{- range $name, $secret := (include "library.secrets" . | fromYaml) }}
        - name: {{ $name }}
          secret: {secretName: {{ $secret }}, defaultMode: 0440}
        {{- end }}
{{- end }}

{{- define "library.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.version }}
{{- end -}}
{{- end }}

{{- /* Names of the Secrets that the facts speak of, by the fact's name; mounted as files, never as variables. */ -}}
{{- define "library.secrets" -}}
{{- range $name := .Values.uses }}
{{- with (index $.Values.facts $name) }}
{{- with .secret }}
{{ $name }}: {{ . }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "library.environment" -}}
- {name: BEDPLATE_ENVIRONMENT, value: {{ .Values.facts.environment | quote }}}
{{- if has "sql" .Values.uses }}
{{- with .Values.facts.sql }}
- {name: SQL_HOST, value: {{ .host | quote }}}
- {name: SQL_PORT, value: {{ .port | quote }}}
- {name: SQL_CREDENTIALS, value: /etc/bedplate/sql}
{{- end }}
{{- end }}
{{- if has "kafka" .Values.uses }}
{{- with .Values.facts.kafka }}
- {name: KAFKA_BOOTSTRAP_SERVERS, value: {{ join "," .bootstrapServers | quote }}}
{{- end }}
{{- end }}
{{- if has "cache" .Values.uses }}
{{- with .Values.facts.cache }}
- {name: CACHE_ADDRESS, value: {{ printf "%s:%v" .host .port | quote }}}
- {name: CACHE_CREDENTIALS, value: /etc/bedplate/cache}
{{- end }}
{{- end }}
{{- if has "s3" .Values.uses }}
{{- with .Values.facts.s3 }}
- {name: S3_ENDPOINT, value: {{ .endpoint | quote }}}
- {name: S3_CREDENTIALS, value: /etc/bedplate/s3}
{{- end }}
{{- end }}
{{- range $name, $value := .Values.environment }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- end }}
