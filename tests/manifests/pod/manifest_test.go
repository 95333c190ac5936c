package pod

import (
	"bytes"
	"fmt"
	"os"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// manifest is what the component makes of k8s/example, as the golden file has it, which
// tests/manifests renders anew and compares.
type manifest struct {
	deployment appsv1.Deployment
	services   map[string]corev1.Service
	configMaps map[string]corev1.ConfigMap
}

func readManifest(t *testing.T) *manifest {
	file := os.Getenv("COMPONENT")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("the rendered component, by the environment's COMPONENT: %v", err)
	}
	m := &manifest{services: map[string]corev1.Service{}, configMaps: map[string]corev1.ConfigMap{}}
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		var kind struct{ Kind string }
		must(t, yaml.Unmarshal(document, &kind))
		switch kind.Kind {
		case "Deployment":
			must(t, yaml.UnmarshalStrict(document, &m.deployment))
		case "Service":
			var service corev1.Service
			must(t, yaml.UnmarshalStrict(document, &service))
			m.services[service.Name] = service
		case "ConfigMap":
			var configMap corev1.ConfigMap
			must(t, yaml.UnmarshalStrict(document, &configMap))
			m.configMaps[configMap.Name] = configMap
		}
	}
	pod := m.deployment.Spec.Template.Spec
	if len(pod.InitContainers) != 1 || len(pod.Containers) != 1 {
		t.Fatalf("%s: not one init container and one container", file)
	}
	return m
}

func (m *manifest) spec() *corev1.PodSpec       { return &m.deployment.Spec.Template.Spec }
func (m *manifest) sidecar() *corev1.Container  { return &m.spec().InitContainers[0] }
func (m *manifest) server() *corev1.Container   { return &m.spec().Containers[0] }
func (m *manifest) clientPort(t *testing.T) int { return m.targetPort(t, m.deployment.Name) }
func (m *manifest) vitalsPort(t *testing.T) int { return m.targetPort(t, m.deployment.Name+"-vitals") }

// targetPort is where a Service leads to. A name is looked for as Kubernetes does: first in the
// containers, then in the sidecars.
func (m *manifest) targetPort(t *testing.T, service string) int {
	port := m.services[service].Spec.Ports[0]
	switch target := port.TargetPort; {
	case target.StrVal == "" && target.IntVal == 0:
		return int(port.Port)
	case target.StrVal == "":
		return int(target.IntVal)
	}
	for _, container := range []*corev1.Container{m.server(), m.sidecar()} {
		if number, err := portOf(container, port.TargetPort.StrVal); err == nil {
			return number
		}
	}
	t.Fatalf("Service %s: no container has a port %s", service, port.TargetPort.StrVal)
	return 0
}

func portOf(container *corev1.Container, name string) (int, error) {
	for _, port := range container.Ports {
		if port.Name == name {
			return int(port.ContainerPort), nil
		}
	}
	return 0, fmt.Errorf("container %s has no port %q", container.Name, name)
}

// fields are what the downward API has.
func (m *manifest) fields() map[string]string {
	return map[string]string{
		"metadata.name":                        m.deployment.Name + "-5c4d7b9f-x2v4q",
		"metadata.uid":                         "7b0e7a52-3c51-4f6e-9f0a-0c3a1d0f7c11",
		"metadata.namespace":                   m.deployment.Namespace,
		"metadata.labels['pod-template-hash']": "5c4d7b9f",
		"spec.nodeName":                        "node-1",
	}
}
