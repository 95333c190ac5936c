{{- define "mcp-vitals.checkServer" -}}
{{- $bad := . -}}
{{- $values := .scope.Values -}}
{{- if and $values.server.image $values.sidecar.enabled -}}
  {{- include "mcp-vitals.refuse" (list $bad "sidecar.enabled" "is for a Deployment of your own"
      "set it to false, or take server.image away") -}}
{{- end -}}
{{- if and $values.sidecar.podLabels (not $values.sidecar.enabled) -}}
  {{- include "mcp-vitals.refuse" (list $bad "sidecar.podLabels" "is without effect"
      "set sidecar.enabled to true") -}}
{{- end -}}
{{- if or $values.server.image $values.sidecar.enabled -}}
  {{- include "mcp-vitals.checkSidecar" $bad -}}
  {{- include "mcp-vitals.checkDrain" $bad -}}
  {{- include "mcp-vitals.checkFiles" (list $bad "server.secrets"
      (append $values.server.secrets $values.probeTokenSecret) "server.config" $values.server.config) -}}
{{- end -}}
{{- end }}

{{/* What the chart's other objects, and the hooks, rely on. */}}
{{- define "mcp-vitals.checkSidecar" -}}
{{- $bad := . -}}
{{- $server := .scope.Values.server -}}
{{- $port := int $server.port -}}
{{- range $part := list "scaler" "prober" -}}
  {{- if and (index $bad.scope.Values $part).enabled
        (eq $server.name (printf "%s-%s" (include "mcp-vitals.name" $bad.scope) $part)) -}}
    {{- include "mcp-vitals.refuse" (list $bad "server.name:"
        (printf "%s is the %s's name" $server.name $part) "choose another") -}}
  {{- end -}}
{{- end -}}
{{- if has $port (list 9786 9788) -}}
  {{- include "mcp-vitals.refuse" (list $bad "server.port:" (printf "%d is the sidecar's" $port)
      "let the server listen elsewhere") -}}
{{- end -}}
{{- $fixed := dict "http.listen" "take it away, the Services and probes expect 9788"
      "http.web_config_file" "take it away, the kubelet's probes come without TLS and without a password"
      "admin.listen" "take it away, the hook that drains expects the default"
      "proxy.listen" "take it away, the Service expects 9786"
      "proxy.server" "set server.name instead"
      "proxy.upstream" "set server.port instead" -}}
{{- range $key, $what := $fixed -}}
  {{- $part := index (splitList "." $key) 0 -}}
  {{- if hasKey (index $server.config $part | default dict) (index (splitList "." $key) 1) -}}
    {{- include "mcp-vitals.refuse" (list $bad (printf "server.config.%s:" $key) $what) -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{/* The lame duck, the drain, the pod's end and the HPA's next pod, one after the other. */}}
{{- define "mcp-vitals.checkDrain" -}}
{{- $bad := . -}}
{{- $server := .scope.Values.server -}}
{{- $drain := (include "mcp-vitals.sidecarConfig" .scope | fromYaml).proxy.drain -}}
{{- $seconds := include "mcp-vitals.seconds" $drain.timeout | int -}}
{{- $named := printf "(server.config.proxy.drain.timeout, %s)" $drain.timeout -}}
{{- if le (include "mcp-vitals.milliseconds" $drain.timeout | int64)
      (include "mcp-vitals.milliseconds" $drain.lame_duck | int64) -}}
  {{- include "mcp-vitals.refuse" (list $bad "server.config.proxy.drain.timeout:"
      (printf "%s ends with the lame duck (%s) or before" $drain.timeout $drain.lame_duck) "raise it") -}}
{{- end -}}
{{- if gt (add $seconds 5) (int64 $server.gracePeriodSeconds) -}}
  {{- include "mcp-vitals.refuse" (list $bad "server.gracePeriodSeconds:"
      (printf "%d leaves less than 5 s after the drain %s" (int $server.gracePeriodSeconds) $named)
      (printf "raise it to %d, with 15 s for one more scrape" (add $seconds 20))) -}}
{{- end -}}
{{- range $at, $fleet := .scope.Values.fleets -}}
  {{- with .scaledObject -}}
    {{- $period := .scaleDownSeconds | default 30 | int -}}
    {{- if and (eq $server.name (.target | default $fleet.name)) (lt $period $seconds) -}}
      {{- include "mcp-vitals.refuse" (list $bad (printf "fleets[%d].scaledObject.scaleDownSeconds:" $at)
          (printf "%d is less than a drain takes %s" $period $named) "raise it") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end }}
