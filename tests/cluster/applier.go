package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/discovery/cached/memory"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/restmapper"
)

// applier sends manifests to the API server as `kubectl create --validate=strict` does.
type applier struct {
	plane *Plane
	kinds *restmapper.DeferredDiscoveryRESTMapper
}

// newApplier creates the CRDs of all files that the patterns name, but for KEDA's, which are there.
func newApplier(plane *Plane, crds []string) (*applier, error) {
	a := &applier{plane, restmapper.NewDeferredDiscoveryRESTMapper(
		memory.NewMemCacheClient(plane.Client.Discovery()))}
	for _, pattern := range crds {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("no CRDs are %s: %v", pattern, err)
		}
		for _, file := range files {
			objects, err := readObjects(file)
			if err != nil {
				return nil, err
			}
			for _, object := range objects {
				if object.GetKind() != "CustomResourceDefinition" {
					continue
				}
				if err := a.Create(object); err != nil {
					return nil, fmt.Errorf("%s: %w", file, err)
				}
			}
		}
	}
	return a, nil
}

func readObjects(file string) ([]*unstructured.Unstructured, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var objects []*unstructured.Unstructured
	for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096); ; {
		object := &unstructured.Unstructured{}
		switch err := decoder.Decode(&object.Object); {
		case errors.Is(err, io.EOF):
			return objects, nil
		case err != nil:
			return objects, err
		case len(object.Object) > 0:
			objects = append(objects, object)
		}
	}
}

func (a *applier) Create(object *unstructured.Unstructured) error {
	return a.send(object, metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict})
}

func (a *applier) DryRun(object *unstructured.Unstructured) error {
	return a.send(object, metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict,
		DryRun: []string{metav1.DryRunAll}})
}

// DryRunPatch merges into an object that is there.
func (a *applier) DryRunPatch(patch *unstructured.Unstructured) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client, err := a.clientOf(ctx, patch)
	if err != nil {
		return err
	}
	body, err := patch.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = client.Patch(ctx, patch.GetName(), types.StrategicMergePatchType, body, metav1.PatchOptions{
		FieldValidation: metav1.FieldValidationStrict, DryRun: []string{metav1.DryRunAll}})
	return err
}

func (a *applier) send(object *unstructured.Unstructured, options metav1.CreateOptions) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client, err := a.clientOf(ctx, object)
	if err != nil {
		return err
	}
	unknown := until(ctx, 5*time.Second, func() error { // discovery may tell of it a moment before
		if _, err = client.Create(ctx, object, options); apierrors.IsNotFound(err) {
			return err
		}
		return nil
	})
	if unknown != nil {
		return unknown
	}
	return err
}

// clientOf also makes the namespace that the object is for. A kind is served some time after its CRD
// was made.
func (a *applier) clientOf(ctx context.Context, object *unstructured.Unstructured) (dynamic.ResourceInterface, error) {
	kind := object.GroupVersionKind()
	var mapping *meta.RESTMapping
	err := until(ctx, 5*time.Second, func() error {
		var err error
		if mapping, err = a.kinds.RESTMapping(kind.GroupKind(), kind.Version); err != nil {
			a.kinds.Reset()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	resource := a.plane.Dynamic.Resource(mapping.Resource)
	if mapping.Scope.Name() == meta.RESTScopeNameRoot {
		return resource, nil
	}
	name := object.GetNamespace()
	if name == "" {
		name = Namespace
	}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	_, err = a.plane.Client.CoreV1().Namespaces().Create(ctx, namespace, metav1.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return nil, err
	}
	return resource.Namespace(name), nil
}
