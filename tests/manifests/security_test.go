package manifests

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// What is ours in a pod fits the Pod Security Standard `restricted`, by Kubernetes' own judgement: in all that
// the component and the chart render. The server's container is its operator's.
func TestPodsAreRestricted(t *testing.T) {
	judge, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	level := api.LevelVersion{Level: api.LevelRestricted, Version: api.MajorMinorVersion(1, kubernetesMinor)}
	theirs := func(c corev1.Container) bool {
		return !strings.HasPrefix(c.Image[strings.LastIndex(c.Image, "/")+1:], "mcp-vitals:")
	}
	files, _ := filepath.Glob("golden/*.yaml")
	judged := 0
	for _, file := range files {
		for _, document := range documents(file, read(t, file)) {
			object, _, err := strict.Decode([]byte(document.Text), nil, nil)
			deployment, isDeployment := object.(*appsv1.Deployment)
			if err != nil || !isDeployment {
				continue
			}
			pod := deployment.Spec.Template
			pod.Spec.Containers = slices.DeleteFunc(pod.Spec.Containers, theirs)
			pod.Spec.InitContainers = slices.DeleteFunc(pod.Spec.InitContainers, theirs)
			if len(pod.Spec.Containers)+len(pod.Spec.InitContainers) == 0 {
				t.Errorf("%s: nothing in it is ours", document.Where())
			}
			for _, c := range slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers) {
				if s := c.SecurityContext; s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
					t.Errorf("%s: %s can write to its root", document.Where(), c.Name) // the standard allows it
				}
			}
			judged++
			judgement := policy.AggregateCheckResults(judge.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec))
			if !judgement.Allowed {
				t.Errorf("%s: %s", document.Where(), judgement.ForbiddenDetail())
			}
		}
	}
	if judged < len(files)/2 {
		t.Errorf("%d pods in %d files", judged, len(files))
	}
}
