{{- define "mcp-vitals.checkFleets" -}}
{{- $bad := . -}}
{{- $values := .scope.Values -}}
{{- $names := dict -}}
{{- $targets := dict -}}
{{- if and $values.scaler.enabled (not $values.fleets) -}}
  {{- include "mcp-vitals.refuse" (list $bad "fleets" "is empty"
      "give the scaler a fleet, or set scaler.enabled to false") -}}
{{- end -}}
{{- range $at, $fleet := $values.fleets -}}
  {{- $key := printf "fleets[%d]" $at -}}
  {{- if hasKey $names .name -}}
    {{- include "mcp-vitals.refuse" (list $bad (printf "%s.name:" $key)
        (printf "another fleet is called %q" .name) "change one of them") -}}
  {{- end -}}
  {{- $_ := set $names .name true -}}
  {{- if and .members .prometheus -}}
    {{- include "mcp-vitals.refuse" (list $bad $key "has members and prometheus" "take one of them away") -}}
  {{- end -}}
  {{- with .members -}}
    {{- if eq (hasKey . "dns") (hasKey . "static") -}}
      {{- include "mcp-vitals.refuse" (list $bad (printf "%s.members:" $key) "give either dns or static") -}}
    {{- end -}}
  {{- end -}}
  {{- if .scaledObject -}}
    {{- include "mcp-vitals.checkScaledObject" (dict "bad" $bad "fleet" . "key" $key "targets" $targets) -}}
  {{- end -}}
{{- end -}}
{{- include "mcp-vitals.checkFiles" (list $bad "scaler.secrets" $values.scaler.secrets "fleets" $values.fleets) -}}
{{- end }}

{{/* (dict "bad" "fleet" "key" "targets"), where targets are those of the fleets before. */}}
{{- define "mcp-vitals.checkScaledObject" -}}
{{- $bad := .bad -}}
{{- $targets := .targets -}}
{{- $policy := .fleet.policy | default dict -}}
{{- $policyKey := printf "%s.policy" .key -}}
{{- $key := printf "%s.scaledObject" .key -}}
{{- $target := .fleet.scaledObject.target | default .fleet.name -}}
{{- if not $bad.scope.Values.scaler.enabled -}}
  {{- include "mcp-vitals.refuse" (list $bad (printf "%s:" $key) "there is no scaler to ask"
      "set scaler.enabled to true, or take the scaledObject away") -}}
{{- end -}}
{{- with .fleet.scaledObject -}}
  {{- $max := int .maxReplicas -}}
  {{- $least := dict "minReplicas" (include "mcp-vitals.minReplicas" . | int)
        "fallbackReplicas" (.fallbackReplicas | default 0 | int) -}}
  {{- range $name, $number := $least -}}
    {{- if gt $number $max -}}
      {{- include "mcp-vitals.refuse" (list $bad (printf "%s.%s:" $key $name)
          (printf "%d is more than maxReplicas, %d" $number $max)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if hasKey $targets $target -}}
  {{- include "mcp-vitals.refuse" (list $bad (printf "%s.target:" $key)
      (printf "another fleet scales the Deployment %q" $target) "one may") -}}
{{- end -}}
{{- $_ := set $targets $target true -}}
{{- if not (regexMatch "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$" $target) -}}
  {{- include "mcp-vitals.refuse" (list $bad (printf "%s.target:" $key)
      (printf "%q is no name of a Deployment" $target) "set it") -}}
{{- end -}}
{{- if and (eq ($policy.metric | default "load") "concurrency") (not $policy.concurrencyPerPod) -}}
  {{- include "mcp-vitals.refuse" (list $bad (printf "%s.concurrencyPerPod" $policyKey) "is missing"
      "the metric concurrency needs it") -}}
{{- end -}}
{{- if $policy.hpaTolerance -}}
  {{- include "mcp-vitals.refuse" (list $bad (printf "%s.hpaTolerance:" $policyKey)
      (printf "take it away, and set %s.tolerance, which says it to the HPA too" $key)) -}}
{{- end -}}
{{- end }}
