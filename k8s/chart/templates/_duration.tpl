{{/* Of a duration of the configuration: 500ms, 25s, 1m30s, 1h; of a policy's also 1.5h. */}}
{{- define "mcp-vitals.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 -}}
{{- $sum := 0.0 -}}
{{- range regexFindAll "[0-9.]+[a-z]+" . -1 -}}
  {{- $sum = addf $sum (mulf (regexFind "^[0-9.]+" . | float64) (index $units (regexFind "[a-z]+$" .))) -}}
{{- end -}}
{{- ceil $sum | int64 -}}
{{- end }}

{{/* Rounded up. */}}
{{- define "mcp-vitals.seconds" -}}
{{- div (add (include "mcp-vitals.milliseconds" . | int64) 999) 1000 -}}
{{- end }}

{{/* A fleet's least pods: 0 is an answer, too. */}}
{{- define "mcp-vitals.minReplicas" -}}
{{- if hasKey . "minReplicas" }}{{ .minReplicas }}{{ else }}{{ min 2 (int .maxReplicas) }}{{ end -}}
{{- end }}
