{{- define "mcp-vitals.checkTls" -}}
{{- $bad := . -}}
{{- with .scope.Values.tls -}}
  {{- $given := or .secrets.scaler .secrets.keda -}}
  {{- if and .certManager.enabled $given -}}
    {{- include "mcp-vitals.refuse" (list $bad "tls.certManager.enabled" "and tls.secrets exclude each other"
        "set tls.certManager.enabled to false, or take tls.secrets.scaler and tls.secrets.keda away") -}}
  {{- end -}}
  {{- if and $given (not .secrets.keda) -}}
    {{- include "mcp-vitals.refuse" (list $bad "tls.secrets.keda" "is missing" "KEDA needs a certificate too") -}}
  {{- end -}}
  {{- if and $given (not .secrets.scaler) -}}
    {{- include "mcp-vitals.refuse" (list $bad "tls.secrets.scaler" "is missing"
        "the scaler needs a certificate too") -}}
  {{- end -}}
  {{- if and .certManager.issuerRef (not .certManager.enabled) -}}
    {{- include "mcp-vitals.refuse" (list $bad "tls.certManager.issuerRef" "is without effect"
        "set tls.certManager.enabled to true") -}}
  {{- end -}}
  {{- if and (or .certManager.enabled $given) (not $bad.scope.Values.scaler.enabled) -}}
    {{- include "mcp-vitals.refuse" (list $bad "tls" "is the scaler's"
        "set scaler.enabled to true, or take tls away") -}}
  {{- end -}}
{{- end -}}
{{- end }}

{{- define "mcp-vitals.checkParts" -}}
{{- $bad := . -}}
{{- $values := .scope.Values -}}
{{- with $values.networkPolicy -}}
  {{- if and .enabled $values.scaler.enabled (not .kedaNamespace) -}}
    {{- include "mcp-vitals.refuse" (list $bad "networkPolicy.kedaNamespace" "is missing"
        "KEDA could not reach the scaler; say where it runs, or set networkPolicy.enabled to false") -}}
  {{- end -}}
  {{- if and .enabled (not .prometheusNamespace) -}}
    {{- include "mcp-vitals.refuse" (list $bad "networkPolicy.prometheusNamespace" "is missing"
        "Prometheus could not reach the metrics; say where it runs, or set networkPolicy.enabled to false") -}}
  {{- end -}}
{{- end -}}
{{- with $values.prober -}}
  {{- if and .enabled (not .probe.targets) (not .probe.modules) -}}
    {{- include "mcp-vitals.refuse" (list $bad "prober.probe.targets" "is empty"
        "give the prober a target, or set prober.enabled to false") -}}
  {{- end -}}
  {{- $names := dict -}}
  {{- range $at, $target := .probe.targets -}}
    {{- if hasKey $names .name -}}
      {{- include "mcp-vitals.refuse" (list $bad (printf "prober.probe.targets[%d].name:" $at)
          (printf "another target is called %q" .name) "change one of them") -}}
    {{- end -}}
    {{- $_ := set $names .name true -}}
  {{- end -}}
  {{- if .enabled -}}
    {{- include "mcp-vitals.checkFiles" (list $bad "prober.secrets" (append .secrets $values.probeTokenSecret)
        "prober.probe" .probe) -}}
  {{- end -}}
{{- end -}}
{{- if and $values.monitoring.podMonitor.enabled $values.monitoring.serviceMonitor.enabled -}}
  {{- include "mcp-vitals.refuse" (list $bad "monitoring.serviceMonitor.enabled:"
      "with the PodMonitor each pod would be scraped twice" "set one of them to false") -}}
{{- end -}}
{{- end }}
