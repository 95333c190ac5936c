{{/* Where the scaler may go, as NetworkPolicies see it: to pods' own ports, not to those of a Service. */}}
{{- define "mcp-vitals.scalerEgress" -}}
{{- $dns := list 53 5353 -}}{{/* CoreDNS' pods listen on the one or the other */}}
{{- $pods := list -}}
{{- $anywhere := list -}}
{{- $namespaces := list -}}
{{- $elsewhere := .Values.networkPolicy.prometheusNamespace -}}
{{- range .Values.fleets -}}
  {{- $members := .members | default dict -}}
  {{- with $members.resolver -}}
    {{- $dns = append $dns (regexReplaceAll "^([^:]+|\\[.*\\]):([0-9]+)$|.*" . "${2}" | default 53 | int) -}}
  {{- end -}}
  {{- if .prometheus -}}
    {{- $url := urlParse .prometheus.url -}}
    {{- $service := regexFind "^[^.]+\\.[^.]+\\.svc([.:]|$)" $url.host | default (printf "prometheus.%s" $elsewhere) -}}
    {{- $namespaces = append $namespaces (index (splitList "." $service) 1) -}}
    {{- $port := ternary 443 80 (eq $url.scheme "https") -}}
    {{- $anywhere = append $anywhere (regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default $port | int) -}}
  {{- else if $members.static -}}
    {{- range $members.static }}{{ $anywhere = append $anywhere (regexFind "[0-9]+$" . | int) }}{{ end -}}
  {{- else -}}
    {{- $pods = append $pods (regexFind "[0-9]+$" ($members.dns | default ":9788") | int) -}}
  {{- end -}}
{{- end -}}
- ports:
    {{- range uniq $dns }}
    - {port: {{ . }}, protocol: UDP}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- with $pods }}
# Members by name are pods.
- to: [{namespaceSelector: {}}]
  ports: {{- include "mcp-vitals.tcp" . | trim | nindent 4 }}
{{- end }}
{{- range uniq $namespaces }}
# A Prometheus behind a Service: its pods' port is not known here.
- to: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: {{ . | quote }}}}}]
{{- end }}
{{- with $anywhere }}
# What is given by an address, or is outside of the cluster.
- ports: {{- include "mcp-vitals.tcp" . | trim | nindent 4 }}
{{- end }}
{{- end }}

{{- define "mcp-vitals.tcp" -}}
{{- range uniq . }}
- {port: {{ . }}, protocol: TCP}
{{- end }}
{{- end }}
