{{/* What the pods of the scaler and of the prober have in common. (dict "scope" "part" "secrets") */}}
{{- define "mcp-vitals.podSpec" -}}
{{- $values := .scope.Values -}}
serviceAccountName: {{ include "mcp-vitals.name" .scope }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with $values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532   # so that it may read the Secrets
  seccompProfile: {type: RuntimeDefault}
# Ends in milliseconds: there is nothing to drain.
terminationGracePeriodSeconds: 10
{{- if eq .part "scaler" }}{{/* no HPA waits for the prober */}}
# A node that Kubernetes finds gone is left half a minute later, and not five.
tolerations:
  - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: 30}
  - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 30}
{{- end }}
containers:
  - name: mcp-vitals
    image: {{ include "mcp-vitals.image" .scope | quote }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    command: [mcp-vitals, run, --config, /etc/mcp-vitals/mcp-vitals.yml]
    env:
      - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
      - {name: POD_UID, valueFrom: {fieldRef: {fieldPath: metadata.uid}}}
      - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
      - {name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
    ports:
      {{- if eq .part "scaler" }}
      - {name: keda, containerPort: 9789}
      {{- end }}
      - {name: vitals, containerPort: 9788}
    startupProbe: {httpGet: {path: /-/startup, port: vitals}, periodSeconds: 1, failureThreshold: 30}
    readinessProbe: {httpGet: {path: /-/ready, port: vitals}, periodSeconds: 2}
    livenessProbe: {httpGet: {path: /-/healthy, port: vitals}, periodSeconds: 5, timeoutSeconds: 3}
    securityContext:
      allowPrivilegeEscalation: false
      readOnlyRootFilesystem: true
      capabilities: {drop: [ALL]}
    resources: {{- toYaml (index $values .part).resources | nindent 6 }}
    volumeMounts:
      - {name: config, mountPath: /etc/mcp-vitals, readOnly: true}
      {{- range $at, $name := .secrets }}
      - {name: secret-{{ $at }}, mountPath: /secrets/{{ $name }}, readOnly: true}
      {{- end }}
volumes:
  - name: config
    configMap: {name: {{ include "mcp-vitals.name" .scope }}-{{ .part }}}
  {{- range $at, $name := .secrets }}
  - name: secret-{{ $at }}
    secret: {secretName: {{ $name | quote }}, defaultMode: 0440}
  {{- end }}
{{- end }}
