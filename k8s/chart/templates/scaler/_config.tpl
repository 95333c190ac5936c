{{/* The scaler's mcp-vitals.yml. */}}
{{- define "mcp-vitals.scalerConfig" -}}
{{- $scope := . -}}
{{- $fleets := list -}}
{{- range .Values.fleets -}}
  {{- $fleet := dict "name" .name -}}
  {{- if .prometheus }}{{ $_ := set $fleet "prometheus" .prometheus }}
  {{- else }}{{ $_ := set $fleet "members" (.members | default (dict "dns" (printf "%s-vitals.%s.svc:9788" .name $scope.Release.Namespace))) }}
  {{- end -}}
  {{- with .policy -}}
    {{- $policy := dict -}}
    {{- range $key, $value := . }}{{ $_ := set $policy $key ($value | toString) }}{{ end -}}
    {{- $_ := set $fleet "policy" $policy -}}
  {{- end -}}
  {{- $fleets = append $fleets $fleet -}}
{{- end -}}
http:
  listen: "[::]:9788"
# On loopback, since the root file system is read-only and there is no other container.
admin:
  listen: 127.0.0.1:9787
scaler:
  listen: "[::]:9789"
  {{- with include "mcp-vitals.scalerSecret" . }}
  tls:
    cert_file: /secrets/{{ . }}/tls.crt
    key_file: /secrets/{{ . }}/tls.key
    client_ca_file: /secrets/{{ . }}/ca.crt
  {{- end }}
  fleets: {{- toYaml $fleets | nindent 4 }}
{{- end }}
