{{/* Values that contradict each other fail here, with the value to change. All of them at once. */}}
{{- define "mcp-vitals.check" -}}
{{- $bad := concat (include "mcp-vitals.checkFleets" . | fromJsonArray) (include "mcp-vitals.checkTls" . | fromJsonArray)
      (include "mcp-vitals.checkParts" . | fromJsonArray) (include "mcp-vitals.checkServer" . | fromJsonArray) -}}
{{- if $bad }}{{ fail (printf "\n  %s\n" (join "\n  " $bad)) }}{{ end -}}
{{- end }}

{{- define "mcp-vitals.checkFleets" -}}
{{- $bad := list -}}
{{- $names := dict -}}
{{- $targets := dict -}}
{{- $scaler := .Values.scaler.enabled -}}
{{- if and $scaler (not .Values.fleets) }}{{ $bad = append $bad "fleets is empty: give the scaler a fleet, or set scaler.enabled to false" }}{{ end -}}
{{- range $at, $fleet := .Values.fleets -}}
  {{- $key := printf "fleets[%d]" $at -}}
  {{- if hasKey $names .name }}{{ $bad = append $bad (printf "%s.name: another fleet is called %q: change one of them" $key .name) }}{{ end -}}
  {{- $_ := set $names .name true -}}
  {{- if and .members .prometheus }}{{ $bad = append $bad (printf "%s has members and prometheus: take one of them away" $key) }}{{ end -}}
  {{- with .members -}}
    {{- if eq (hasKey . "dns") (hasKey . "static") }}{{ $bad = append $bad (printf "%s.members: give either dns or static" $key) }}{{ end -}}
  {{- end -}}
  {{- $policy := .policy | default dict -}}
  {{- with .scaledObject -}}
    {{- $key := printf "%s.scaledObject" $key -}}
    {{- $min := include "mcp-vitals.minReplicas" . | int -}}
    {{- $max := .maxReplicas | int -}}
    {{- $target := .target | default $fleet.name -}}
    {{- if not $scaler }}{{ $bad = append $bad (printf "%s: there is no scaler to ask: set scaler.enabled to true, or take the scaledObject away" $key) }}{{ end -}}
    {{- if gt $min $max }}{{ $bad = append $bad (printf "%s.minReplicas: %d is more than maxReplicas, %d" $key $min $max) }}{{ end -}}
    {{- if gt (.fallbackReplicas | default 0 | int) $max }}{{ $bad = append $bad (printf "%s.fallbackReplicas: %d is more than maxReplicas, %d" $key (int .fallbackReplicas) $max) }}{{ end -}}
    {{- if hasKey $targets $target }}{{ $bad = append $bad (printf "%s.target: another fleet scales the Deployment %q: one may" $key $target) }}{{ end -}}
    {{- $_ := set $targets $target true -}}
    {{- if not (regexMatch "^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$" $target) }}{{ $bad = append $bad (printf "%s.target: %q is no name of a Deployment: set it" $key $target) }}{{ end -}}
    {{- if and (eq ($policy.metric | default "load") "concurrency") (not $policy.concurrencyPerPod) }}{{ $bad = append $bad (printf "fleets[%d].policy.concurrencyPerPod is missing: the metric concurrency needs it" $at) }}{{ end -}}
    {{- if $policy.hpaTolerance }}{{ $bad = append $bad (printf "fleets[%d].policy.hpaTolerance: take it away, and set %s.tolerance, which says it to the HPA too" $at $key) }}{{ end -}}
  {{- end -}}
{{- end -}}
{{- $mounted := .Values.scaler.secrets -}}
{{- range regexFindAll "/secrets/[^/\\s\"']+" (toYaml .Values.fleets) -1 | uniq -}}
  {{- $name := trimPrefix "/secrets/" . -}}
  {{- if not (has $name $mounted) }}{{ $bad = append $bad (printf "scaler.secrets: add %s, of which fleets names a file" $name) }}{{ end -}}
{{- end -}}
{{- toJson $bad -}}
{{- end }}

{{- define "mcp-vitals.checkTls" -}}
{{- $bad := list -}}
{{- with .Values.tls -}}
  {{- $given := or .secrets.scaler .secrets.keda -}}
  {{- if and .certManager.enabled $given }}{{ $bad = append $bad "tls.certManager.enabled and tls.secrets exclude each other: set tls.certManager.enabled to false, or take tls.secrets.scaler and tls.secrets.keda away" }}{{ end -}}
  {{- if and $given (not .secrets.keda) }}{{ $bad = append $bad "tls.secrets.keda is missing: KEDA needs a certificate too" }}{{ end -}}
  {{- if and $given (not .secrets.scaler) }}{{ $bad = append $bad "tls.secrets.scaler is missing: the scaler needs a certificate too" }}{{ end -}}
  {{- if and .certManager.issuerRef (not .certManager.enabled) }}{{ $bad = append $bad "tls.certManager.issuerRef is without effect: set tls.certManager.enabled to true" }}{{ end -}}
  {{- if and (or .certManager.enabled $given) (not $.Values.scaler.enabled) }}{{ $bad = append $bad "tls is the scaler's: set scaler.enabled to true, or take tls away" }}{{ end -}}
{{- end -}}
{{- toJson $bad -}}
{{- end }}

{{- define "mcp-vitals.checkParts" -}}
{{- $bad := list -}}
{{- $values := .Values -}}
{{- with $values.networkPolicy -}}
  {{- if and .enabled $values.scaler.enabled (not .kedaNamespace) }}{{ $bad = append $bad "networkPolicy.kedaNamespace is missing: KEDA could not reach the scaler; say where it runs, or set networkPolicy.enabled to false" }}{{ end -}}
  {{- if and .enabled (not .prometheusNamespace) }}{{ $bad = append $bad "networkPolicy.prometheusNamespace is missing: Prometheus could not reach the metrics; say where it runs, or set networkPolicy.enabled to false" }}{{ end -}}
{{- end -}}
{{- with $values.prober -}}
  {{- if and .enabled (not .probe.targets) (not .probe.modules) }}{{ $bad = append $bad "prober.probe.targets is empty: give the prober a target, or set prober.enabled to false" }}{{ end -}}
  {{- $names := dict -}}
  {{- range $at, $target := .probe.targets -}}
    {{- if hasKey $names .name }}{{ $bad = append $bad (printf "prober.probe.targets[%d].name: another target is called %q: change one of them" $at .name) }}{{ end -}}
    {{- $_ := set $names .name true -}}
  {{- end -}}
  {{- $mounted := append .secrets $values.probeTokenSecret -}}
  {{- if .enabled -}}
    {{- range regexFindAll "/secrets/[^/\\s\"']+" (toYaml .probe) -1 | uniq -}}
      {{- $name := trimPrefix "/secrets/" . -}}
      {{- if not (has $name $mounted) }}{{ $bad = append $bad (printf "prober.secrets: add %s, of which prober.probe names a file" $name) }}{{ end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if and $values.monitoring.podMonitor.enabled $values.monitoring.serviceMonitor.enabled }}{{ $bad = append $bad "monitoring.serviceMonitor.enabled: with the PodMonitor each pod would be scraped twice: set one of them to false" }}{{ end -}}
{{- toJson $bad -}}
{{- end }}

{{- define "mcp-vitals.checkServer" -}}
{{- $bad := list -}}
{{- $server := .Values.server -}}
{{- if and $server.image .Values.sidecar.enabled }}{{ $bad = append $bad "sidecar.enabled is for a Deployment of your own: set it to false, or take server.image away" }}{{ end -}}
{{- if and .Values.sidecar.podLabels (not .Values.sidecar.enabled) }}{{ $bad = append $bad "sidecar.podLabels is without effect: set sidecar.enabled to true" }}{{ end -}}
{{- if or $server.image .Values.sidecar.enabled -}}
  {{- if has (int $server.port) (list 9786 9788) }}{{ $bad = append $bad (printf "server.port: %d is the sidecar's: let the server listen elsewhere" (int $server.port)) }}{{ end -}}
  {{- $http := $server.config.http | default dict -}}
  {{- $proxy := $server.config.proxy | default dict -}}
  {{- if $http.listen }}{{ $bad = append $bad "server.config.http.listen: take it away, the Services and probes expect 9788" }}{{ end -}}
  {{- if $proxy.listen }}{{ $bad = append $bad "server.config.proxy.listen: take it away, the Service expects 9786" }}{{ end -}}
  {{- if $proxy.server }}{{ $bad = append $bad "server.config.proxy.server: set server.name instead" }}{{ end -}}
  {{- if $proxy.upstream }}{{ $bad = append $bad "server.config.proxy.upstream: set server.port instead" }}{{ end -}}
  {{- $drain := (include "mcp-vitals.sidecarConfig" . | fromYaml).proxy.drain.timeout -}}
  {{- $seconds := include "mcp-vitals.seconds" $drain | int -}}
  {{- if gt (add $seconds 5) (int $server.gracePeriodSeconds) }}{{ $bad = append $bad (printf "server.gracePeriodSeconds: %d leaves less than 5 s after the drain (server.config.proxy.drain.timeout, %s): raise it to %d, with 15 s for one more scrape" (int $server.gracePeriodSeconds) $drain (add $seconds 20)) }}{{ end -}}
  {{- range $at, $fleet := .Values.fleets -}}
    {{- with .scaledObject -}}
      {{- if and (eq $server.name (.target | default $fleet.name)) (lt (.scaleDownSeconds | default 30 | int) $seconds) }}{{ $bad = append $bad (printf "fleets[%d].scaledObject.scaleDownSeconds: %d is less than a drain takes (server.config.proxy.drain.timeout, %s): raise it" $at (.scaleDownSeconds | default 30 | int) $drain) }}{{ end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $bad -}}
{{- end }}
