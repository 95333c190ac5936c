{{/*
The sidecar, as k8s/component makes it, for a Deployment of this chart or of another. All take the scope of
this chart: in a chart that has it as a dependency, (index .Subcharts "mcp-vitals").

  mcp-vitals.sidecar          an item of spec.template.spec.initContainers
  mcp-vitals.sidecarVolumes   items of spec.template.spec.volumes
  mcp-vitals.serverLifecycle  `lifecycle` of the server's container
  mcp-vitals.gracePeriod      spec.template.spec.terminationGracePeriodSeconds
  mcp-vitals.sidecarConfig    its configuration; its checksum belongs into an annotation of the pods
*/}}
{{- define "mcp-vitals.sidecar" -}}
{{- $pod := (.Files.Get "files/component/sidecar.yaml" | fromYaml).spec.template.spec -}}
{{- $sidecar := index $pod.initContainers 0 -}}
{{- $_ := set $sidecar "image" (include "mcp-vitals.image" .) -}}
{{- $_ := set $sidecar "imagePullPolicy" .Values.image.pullPolicy -}}
{{- range $at, $name := include "mcp-vitals.sidecarSecrets" . | fromJsonArray -}}
  {{- $mount := dict "name" (printf "mcp-vitals-secret-%d" $at) "mountPath" (printf "/secrets/%s" $name) "readOnly" true -}}
  {{- $_ := set $sidecar "volumeMounts" (append $sidecar.volumeMounts $mount) -}}
{{- end -}}
{{- list $sidecar | toYaml -}}
{{- end }}

{{- define "mcp-vitals.sidecarVolumes" -}}
{{- $volumes := (.Files.Get "files/component/sidecar.yaml" | fromYaml).spec.template.spec.volumes -}}
{{- range $volumes }}{{ if .configMap }}{{ $_ := set .configMap "name" (include "mcp-vitals.sidecarName" $) }}{{ end }}{{ end -}}
{{- range $at, $name := include "mcp-vitals.sidecarSecrets" . | fromJsonArray -}}
  {{- $volumes = append $volumes (dict "name" (printf "mcp-vitals-secret-%d" $at) "secret" (dict "secretName" $name)) -}}
{{- end -}}
{{- toYaml $volumes -}}
{{- end }}

{{/* Those whose files its configuration names. */}}
{{- define "mcp-vitals.sidecarSecrets" -}}
{{- append .Values.server.secrets .Values.probeTokenSecret | compact | uniq | toJson -}}
{{- end }}

{{- define "mcp-vitals.serverLifecycle" -}}
{{- range .Files.Get "files/component/server.yaml" | fromYamlArray -}}
  {{- if and (eq .op "add") (hasSuffix "/lifecycle" .path) }}{{ toYaml .value }}{{ end -}}
{{- end -}}
{{- end }}

{{- define "mcp-vitals.gracePeriod" -}}
{{ .Values.server.gracePeriodSeconds }}
{{- end }}

{{- define "mcp-vitals.sidecarName" -}}
{{ .Values.server.name }}-vitals
{{- end }}

{{- define "mcp-vitals.sidecarConfig" -}}
{{- $server := .Values.server -}}
{{- $upstream := printf "http://127.0.0.1:%d" (int $server.port) -}}
{{- $config := .Files.Get "files/component/mcp-vitals.yml" | fromYaml -}}
{{- $_ := set $config.proxy "server" $server.name -}}
{{- $_ := set $config.proxy "upstream" $upstream -}}
{{- $target := index $config.probe.targets 0 -}}
{{- $_ := set $target "name" $server.name -}}
{{- $_ := set $target "url" (printf "%s%s" $upstream $server.path) -}}
{{- with .Values.probeTokenSecret }}{{ $_ := set $config "probe_token_file" (printf "/secrets/%s/token" .) }}{{ end -}}
{{- mergeOverwrite $config (deepCopy $server.config) | toYaml -}}
{{- end }}

{{/* Labels of the pods that have the sidecar. */}}
{{- define "mcp-vitals.serverSelector" -}}
{{- if .Values.sidecar.enabled }}{{ .Values.sidecar.podLabels | default (dict "app" .Values.server.name) | toYaml }}
{{- else }}{{ dict "app" .Values.server.name | toYaml }}{{ end -}}
{{- end }}
