{{- /* Every object of a service, in the order a reader expects. */ -}}
{{- define "library.objects" -}}
{{ include "library.serviceaccount" . }}
---
{{ include "library.deployment" . }}
---
{{ include "library.service" . }}
---
{{ include "library.networkpolicy" . }}
---
{{ include "library.pdb" . }}
{{- if .Values.autoscaling.enabled }}
---
{{ include "library.hpa" . }}
{{- end }}
{{- if and .Values.route.enabled (.Capabilities.APIVersions.Has "gateway.networking.k8s.io/v1/HTTPRoute") }}
---
{{ include "library.httproute" . }}
{{- end }}
{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1/ServiceMonitor" }}
---
{{ include "library.servicemonitor" . }}
{{- end }}
{{- end }}
