{{/* Seconds, rounded up, of a duration of the configuration: 500ms, 25s, 1m, 1h. */}}
{{- define "mcp-vitals.seconds" -}}
{{- $number := regexFind "^[0-9]+" . | int -}}
{{- $unit := regexFind "[a-z]+$" . -}}
{{- if eq $unit "ms" }}{{ div (add $number 999) 1000 }}
{{- else if eq $unit "m" }}{{ mul $number 60 }}
{{- else if eq $unit "h" }}{{ mul $number 3600 }}
{{- else }}{{ $number }}{{ end -}}
{{- end }}

{{/* A fleet's least pods: 0 is an answer, too. */}}
{{- define "mcp-vitals.minReplicas" -}}
{{- if hasKey . "minReplicas" }}{{ .minReplicas }}{{ else }}{{ min 2 (int .maxReplicas) }}{{ end -}}
{{- end }}
