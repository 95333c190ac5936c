{{/* Values that contradict each other fail here, with the value to change. All of them at once. */}}
{{- define "mcp-vitals.check" -}}
{{- $bad := dict "scope" . "all" list -}}
{{- include "mcp-vitals.checkFleets" $bad -}}
{{- include "mcp-vitals.checkTls" $bad -}}
{{- include "mcp-vitals.checkParts" $bad -}}
{{- include "mcp-vitals.checkServer" $bad -}}
{{- with $bad.all }}{{ fail (printf "\n  %s\n" (join "\n  " .)) }}{{ end -}}
{{- end }}

{{/* (list $bad key why what): refused, with the key, why so, and what to do. */}}
{{- define "mcp-vitals.refuse" -}}
{{- $bad := index . 0 -}}
{{- $message := printf "%s %s" (index . 1) (slice . 2 | join ": ") -}}
{{- $_ := set $bad "all" (append $bad.all $message) -}}
{{- end }}

{{/* (list $bad key mounted where values): files of Secrets that nobody mounts. */}}
{{- define "mcp-vitals.checkFiles" -}}
{{- $bad := index . 0 -}}
{{- $key := index . 1 -}}
{{- $mounted := index . 2 -}}
{{- $where := index . 3 -}}
{{- range regexFindAll "_file: *[\"']?/secrets/[^/\\s\"']+" (index . 4 | toYaml) -1 | uniq -}}
  {{- $name := regexReplaceAll ".*/secrets/" . "" -}}
  {{- if not (has $name $mounted) -}}
    {{- include "mcp-vitals.refuse" (list $bad (printf "%s:" $key)
        (printf "add %s, of which %s names a file" $name $where)) -}}
  {{- end -}}
{{- end -}}
{{- end }}
