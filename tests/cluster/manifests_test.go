package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// What an operator copies from k8s/, against the API server itself with strict validation: all of
// it as a dry run; then the component's example for real, under an HPA that works.
func manifests(t *testing.T, cluster *Cluster, name string) {
	root := os.Getenv("REPOSITORY")
	applier, err := newApplier(cluster.Plane, filepath.SplitList(os.Getenv("CRDS")))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	var patches []*unstructured.Unstructured
	rendered := filepath.Join(os.Getenv("CLUSTER_BUILD"), "chart")
	for _, file := range slices.Concat(filesBelow(t, filepath.Join(root, "k8s/patterns")),
		filesBelow(t, filepath.Join(root, "tests/manifests/golden")), filesBelow(t, rendered)) {
		objects, err := readObjects(file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		}
		for _, object := range objects {
			if object.GetKind() == "Kustomization" {
				continue // is none of the API server's; the files that it names are sent
			}
			count++
			if isPatch(object) {
				patches = append(patches, object)
				continue
			}
			if err := applier.DryRun(object); err != nil {
				t.Errorf("%s: %s %s: %v", strings.TrimPrefix(file, root+"/"), object.GetKind(), object.GetName(), err)
			}
		}
	}
	fmt.Printf("%s: the API server takes %d documents\n", name, count)
	clashes(t, applier, root)
	t.Run("example", func(t *testing.T) { example(t, cluster, applier, root, patches) })
	t.Run("chart", func(t *testing.T) { chart(t, cluster, applier, filepath.Join(rendered, "everything.yaml")) })
}

// isPatch tells what is for a kustomization's `patches`: a Deployment's selector cannot be left out.
func isPatch(object *unstructured.Unstructured) bool {
	_, found, _ := unstructured.NestedMap(object.Object, "spec", "selector")
	return object.GetKind() == "Deployment" && !found
}

// filesBelow are the YAML files of a folder that hold manifests.
func filesBelow(t *testing.T, folder string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.IsDir() && entry.Name() == "seeds" {
			return filepath.SkipDir
		}
		if filepath.Ext(path) == ".yaml" {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Errorf("no manifests in %s: %v", folder, err)
	}
	return files
}

// example is k8s/example through the component, with its ScaledObject. Of its own it has no scheduler
// and no registry: the tests' kubelet gets its pods, and runs the sample server in them. The patterns'
// patches are for it too (dry run).
func example(t *testing.T, cluster *Cluster, applier *applier, root string, patches []*unstructured.Unstructured) {
	const name = "mcp-server"
	f := bareFleet(t, cluster, name)
	f.address, f.user = cluster.addFleet("mcp-vitals") // whose scaler is at mcp-vitals-scaler
	t.Cleanup(f.remove)
	f.StartScaler()

	var scaled *unstructured.Unstructured
	for _, file := range []string{"tests/manifests/golden/component.yaml", "k8s/example/scaledobject.yaml"} {
		objects, err := readObjects(filepath.Join(root, file))
		f.must(err)
		for _, object := range objects {
			switch object.GetKind() {
			case "ScaledObject":
				scaled = object
			case "Deployment":
				f.must(playable(object))
			}
			f.must(applier.Create(object))
		}
	}
	if scaled == nil {
		t.Fatal("k8s/example/scaledobject.yaml has no ScaledObject")
	}
	for _, patch := range patches {
		if err := applier.DryRunPatch(patch); err != nil {
			t.Errorf("the patch of %s %s: %v", patch.GetKind(), patch.GetName(), err)
		}
	}
	var err error
	f.Timeline, err = WatchReplicas(f.ctx, cluster.Plane, f.namespace, name)
	f.must(err)
	f.AwaitReplicas(2, 2*time.Minute)
	f.Await("an HPA that works", 2*time.Minute, f.scalingActive)
	f.behavesAsWritten(scaled)
	f.Stays("at rest", 10*time.Second, 2, 2)
	f.Tell()
}

// playable binds a Deployment's pods to the tests' node, with an image that it has.
func playable(deployment *unstructured.Unstructured) error {
	pod := []string{"spec", "template", "spec"}
	containers, _, err := unstructured.NestedSlice(deployment.Object, append(pod, "containers")...)
	if err != nil || len(containers) != 1 {
		return fmt.Errorf("%d containers: %v", len(containers), err)
	}
	containers[0].(map[string]any)["image"] = "sample-server"
	err = unstructured.SetNestedSlice(deployment.Object, containers, append(pod, "containers")...)
	if err != nil {
		return err
	}
	return bound(deployment)
}

func (f *Fleet) scalingActive() (bool, string) {
	hpa, err := f.HPA()
	if err != nil {
		return false, err.Error()
	}
	at := slices.IndexFunc(hpa.Status.Conditions, func(c autoscalingv2.HorizontalPodAutoscalerCondition) bool {
		return c.Type == autoscalingv2.ScalingActive
	})
	if at < 0 {
		return false, "no condition yet"
	}
	condition := hpa.Status.Conditions[at]
	return condition.Status == corev1.ConditionTrue, condition.Reason + ": " + condition.Message
}

// behavesAsWritten: KEDA has handed on the whole behaviour, tolerance included.
func (f *Fleet) behavesAsWritten(scaled *unstructured.Unstructured) {
	f.t.Helper()
	written, _, err := unstructured.NestedMap(scaled.Object, "spec", "advanced",
		"horizontalPodAutoscalerConfig", "behavior")
	f.must(err)
	hpa, err := f.HPA()
	f.must(err)
	var wanted autoscalingv2.HorizontalPodAutoscalerBehavior
	f.must(runtime.DefaultUnstructuredConverter.FromUnstructured(written, &wanted))
	for _, c := range []struct {
		way         string
		wanted, has *autoscalingv2.HPAScalingRules
	}{{"scaleUp", wanted.ScaleUp, hpa.Spec.Behavior.ScaleUp},
		{"scaleDown", wanted.ScaleDown, hpa.Spec.Behavior.ScaleDown}} {
		switch {
		case c.wanted == nil || c.wanted.Tolerance == nil:
			f.t.Errorf("%s: the example has no tolerance", c.way)
		case c.has == nil || c.has.Tolerance == nil || c.wanted.Tolerance.Cmp(*c.has.Tolerance) != 0:
			f.t.Errorf("%s: the HPA has not the tolerance of %v: %v", c.way, c.wanted.Tolerance, c.has)
		case !reflect.DeepEqual(c.wanted.StabilizationWindowSeconds, c.has.StabilizationWindowSeconds) ||
			!reflect.DeepEqual(c.wanted.Policies, c.has.Policies):
			f.t.Errorf("%s: the HPA has %v, not %v", c.way, c.has, c.wanted)
		}
	}
}
