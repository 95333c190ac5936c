package manifests

import (
	"strings"
	"testing"
)

// What is wrong is found, and named: else the other tests would show nothing.
func TestWhatIsWrongIsFound(t *testing.T) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n"
	const scaled = "apiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: {name: a}\n"
	for _, c := range []struct{ name, text, says string }{
		{"an unknown field", service + "spec: {port: 80}\n", `unknown field "spec.port"`},
		{"a field of another place", service + "ports: []\n", `unknown field "ports"`},
		{"a wrong type", service + "spec: {ports: 80}\n", "cannot unmarshal number"},
		{"a number for a text", scaled + "spec: {scaleTargetRef: {name: a}, triggers: [{type: cron, metadata: {desiredReplicas: 2}}]}\n", "cannot unmarshal number"},
		{"a quantity that is none", "apiVersion: v1\nkind: LimitRange\nmetadata: {name: a}\nspec: {limits: [{type: Pod, max: {cpu: lots}}]}\n", "quantities must match"},
		{"a key twice", service + "spec:\n  clusterIP: None\n  clusterIP: None\n", `key "clusterIP" already set`},
		{"an unknown kind", "apiVersion: v1\nkind: Servise\nmetadata: {name: a}\n", `no kind "Servise"`},
		{"a version that is gone", "apiVersion: autoscaling/v2beta2\nkind: HorizontalPodAutoscaler\nmetadata: {name: a}\n", "Kubernetes 1.26 removed it"},
		{"no kind", "a: 1\n", "neither kind nor apiVersion"},
		{"a list", "apiVersion: v1\nkind: List\nitems: []\n", "hides its items"},
		{"a kustomization with an unknown field", "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresource: []\n", `unknown field "resource"`},
		{"a trigger twice", scaled + "spec: {scaleTargetRef: {name: a}, triggers: [{type: cron, name: b, metadata: {}}, {type: cron, name: b, metadata: {}}]}\n", "defined multiple times"},
		{"more than the most", scaled + "spec: {minReplicaCount: 5, maxReplicaCount: 2, scaleTargetRef: {name: a}, triggers: [{type: cron, metadata: {}}]}\n", "must be less than"},
		{"a formula without its trigger", scaled + "spec: {scaleTargetRef: {name: a}, triggers: [{type: cron, name: b, metadata: {}}], advanced: {scalingModifiers: {target: '2', formula: c + 1}}}\n", "unknown name c"},
		{"a fallback that is none", scaled + "spec: {fallback: {failureThreshold: 3, replicas: 6, behavior: higher}, scaleTargetRef: {name: a}, triggers: [{type: cron, metadata: {}}]}\n", "Unsupported value"},
		{"no target", scaled + "spec: {triggers: [{type: cron, metadata: {}}]}\n", "spec.scaleTargetRef: Required"},
		{"a rule of Gateway API", "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: a}\nspec: {rules: [{timeouts: {request: 1s, backendRequest: 2s}}]}\n", "backendRequest timeout cannot be longer than request timeout"},
		{"a revision of Knative", "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}\nspec: {template: {spec: {containers: []}}}\n", "Knative"},
		{"a PodMonitor's relabelling", "apiVersion: monitoring.coreos.com/v1\nkind: PodMonitor\nmetadata: {name: a}\nspec: {selector: {}, podMetricsEndpoints: [{port: a, relabelings: [{action: rename}]}]}\n", "Unsupported value"},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := documents("a", c.text)
			if len(found) != 1 {
				t.Fatalf("%d documents", len(found))
			}
			switch err := check(found[0]); {
			case err == nil:
				t.Error("nothing was found")
			case !strings.Contains(err.Error(), c.says):
				t.Errorf("it says %q, not %q", err, c.says)
			}
		})
	}
}
