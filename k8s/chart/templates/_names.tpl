{{/* Beginning of all names, short enough that what follows fits a label's 63 characters, and another for each
release: a name that is cut carries a hash of the whole. */}}
{{- define "mcp-vitals.name" -}}
{{- $name := .Release.Name -}}
{{- if not (contains "mcp-vitals" $name) }}{{ $name = printf "%s-mcp-vitals" $name }}{{ end -}}
{{- if gt (len $name) 51 -}}
  {{- $name = printf "%s-%s" ($name | trunc 43 | trimSuffix "-") (sha256sum $name | trunc 7) -}}
{{- end -}}
{{- $name -}}
{{- end }}

{{/* (list scope component): labels that never change. */}}
{{- define "mcp-vitals.selector" -}}
app.kubernetes.io/name: mcp-vitals
app.kubernetes.io/instance: {{ (index . 0).Release.Name | quote }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* (list scope component) */}}
{{- define "mcp-vitals.labels" -}}
{{ include "mcp-vitals.selector" . }}
{{- with index . 0 }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}
{{- end }}

{{/* (list scope more): of what Prometheus and Grafana select; more may say one of ours anew. */}}
{{- define "mcp-vitals.monitoringLabels" -}}
{{- $ours := include "mcp-vitals.labels" (list (index . 0) "monitoring") | fromYaml -}}
{{- mergeOverwrite $ours (index . 1 | default dict) | toYaml -}}
{{- end }}

{{- define "mcp-vitals.image" -}}
{{- $image := .Values.image -}}
{{- $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}{{ with $image.digest }}@{{ . }}{{ end -}}
{{- end }}

{{- define "mcp-vitals.scalerAddress" -}}
{{ include "mcp-vitals.name" . }}-scaler.{{ .Release.Namespace }}.svc:9789
{{- end }}

{{/* The two Secrets of TLS, or nothing: whoever made them, their keys are the same. */}}
{{- define "mcp-vitals.scalerSecret" -}}
{{- if .Values.tls.certManager.enabled }}{{ include "mcp-vitals.name" . }}-scaler-tls{{ else }}{{ .Values.tls.secrets.scaler }}{{ end -}}
{{- end }}
{{- define "mcp-vitals.kedaSecret" -}}
{{- if .Values.tls.certManager.enabled }}{{ include "mcp-vitals.name" . }}-keda-tls{{ else }}{{ .Values.tls.secrets.keda }}{{ end -}}
{{- end }}
