package manifests

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	kedahttpalpha "github.com/kedacore/http-add-on/operator/apis/http/v1alpha1"
	kedahttp "github.com/kedacore/http-add-on/operator/apis/http/v1beta1"
	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/json"
	autoscaler "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1"
	kubernetes "k8s.io/client-go/kubernetes/scheme"
	knative "knative.dev/serving/pkg/apis/serving/v1"
	gateway "sigs.k8s.io/gateway-api/apis/v1"
	gatewaybeta "sigs.k8s.io/gateway-api/apis/v1beta1"
	kustomize "sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

var types = func() *runtime.Scheme {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		kubernetes.AddToScheme, keda.AddToScheme, kedahttp.AddToScheme, kedahttpalpha.AddToScheme,
		monitoring.AddToScheme, knative.AddToScheme, autoscaler.AddToScheme, certmanager.AddToScheme,
		gateway.Install, gatewaybeta.Install,
	} {
		if err := add(scheme); err != nil {
			panic(err)
		}
	}
	return scheme
}()

var strict = serializer.NewCodecFactory(types, serializer.EnableStrict).UniversalDeserializer()

// errNoManifest is the answer to YAML that says neither kind nor apiVersion.
var errNoManifest = errors.New("it says neither kind nor apiVersion")

// check decodes a document by the type that it names, and validates it as far as the type's own code
// and its CRD can. A field that the type does not have is an error, and so is one that stands twice.
func check(document Document) error {
	text, err := yaml.YAMLToJSONStrict([]byte(document.Text))
	if err != nil {
		return err
	}
	if bytes.HasPrefix(text, []byte("[")) {
		return checkPatch(text)
	}
	content := map[string]any{}
	if err := json.Unmarshal(text, &content); err != nil {
		return err
	}
	var meta metav1.TypeMeta
	meta.APIVersion, _ = content["apiVersion"].(string)
	meta.Kind, _ = content["kind"].(string)
	kind := meta.GroupVersionKind()
	switch {
	case meta.Kind == "" && meta.APIVersion == "":
		return errNoManifest
	case meta.Kind == "List":
		return errors.New("a List hides its items: write them as documents of their own")
	case kind.Group == "kustomize.config.k8s.io":
		return checkKustomization(document.Text)
	}
	object, _, err := strict.Decode([]byte(document.Text), nil, nil)
	if err != nil {
		return err
	}
	all, err := crds()
	if err != nil {
		return err
	}
	custom, err := all.of(kind)
	if err != nil || custom == nil {
		return errors.Join(err, checkByCode(object))
	}
	return errors.Join(checkByCode(object), custom.check(content))
}

func checkKustomization(text string) error {
	var kustomization kustomize.Kustomization
	if err := kustomization.Unmarshal([]byte(text)); err != nil { // knows no unknown fields
		return err
	}
	for _, complaint := range kustomization.EnforceFields() {
		return errors.New(complaint)
	}
	if deprecated := kustomization.CheckDeprecatedFields(); deprecated != nil && len(*deprecated) > 0 {
		return fmt.Errorf("deprecated: %v", *deprecated)
	}
	return nil
}

// checkPatch is for a JSON patch of a kustomization; whether its paths are there shows when it is
// rendered.
func checkPatch(text []byte) error {
	var operations []struct {
		Op    string `json:"op"`
		Path  string `json:"path"`
		From  string `json:"from"`
		Value any    `json:"value"`
	}
	if err := yaml.UnmarshalStrict(text, &operations); err != nil {
		return err
	}
	for _, o := range operations {
		if !slices.Contains([]string{"add", "remove", "replace", "move", "copy", "test"}, o.Op) ||
			!strings.HasPrefix(o.Path, "/") {
			return fmt.Errorf("a patch has op and path, not %q and %q", o.Op, o.Path)
		}
	}
	return nil
}
