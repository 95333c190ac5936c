{{/* The prober's mcp-vitals.yml. */}}
{{- define "mcp-vitals.proberConfig" -}}
http:
  listen: "[::]:9788"
admin:
  listen: 127.0.0.1:9787
{{- with .Values.probeTokenSecret }}
probe_token_file: /secrets/{{ . }}/token
{{- end }}
probe: {{- toYaml .Values.prober.probe | nindent 2 }}
{{- end }}
