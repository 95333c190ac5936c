package manifests

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	crd "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime/schema"
	limits "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// crdFiles are the CRDs that the modules bring along, of the version whose types are used.
var crdFiles = map[string][]string{
	"github.com/kedacore/keda/v2":          {"config/crd/bases/*.yaml"},
	"github.com/kedacore/http-add-on":      {"config/crd/bases/*.yaml"},
	"github.com/cert-manager/cert-manager": {"deploy/crds/cert-manager.io_*.yaml"},
	"github.com/prometheus-operator/prometheus-operator": {
		"example/prometheus-operator-crd/*_podmonitors.yaml",
		"example/prometheus-operator-crd/*_servicemonitors.yaml",
		"example/prometheus-operator-crd/*_probes.yaml",
		"example/prometheus-operator-crd/*_prometheusrules.yaml",
	},
	"knative.dev/serving":                       {"config/core/300-resources/*.yaml"},
	"k8s.io/autoscaler/vertical-pod-autoscaler": {"deploy/vpa-v1-crd-gen.yaml"},
	"sigs.k8s.io/gateway-api":                   {"config/crd/standard/*.yaml"},
}

// A custom is what the API server makes of a CRD: it gives defaults, and knows what is wrong.
type custom struct {
	schema *structural.Structural
	open   validation.SchemaValidator
	rules  *cel.Validator // nil if there are none
}

// customs holds all CRDs as they stand in their files, and those that were asked for as made.
type customs struct {
	versions map[schema.GroupVersionKind]*crd.JSONSchemaProps
	made     map[schema.GroupVersionKind]*custom
}

func loadCRDs() (*customs, error) {
	all := &customs{map[schema.GroupVersionKind]*crd.JSONSchemaProps{},
		map[schema.GroupVersionKind]*custom{}}
	for module, patterns := range crdFiles {
		for _, pattern := range patterns {
			files, err := filepath.Glob(filepath.Join(modules[module], pattern))
			if err != nil || len(files) == 0 {
				return nil, fmt.Errorf("no CRD is %s of %s in %q: %v", pattern, module, modules[module], err)
			}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					return nil, err
				}
				for _, document := range documents(file, string(text)) {
					if err := all.add(document.Text); err != nil {
						return nil, fmt.Errorf("%s: %w", document.Where(), err)
					}
				}
			}
		}
	}
	return all, nil
}

func (all *customs) add(text string) error {
	var definition crd.CustomResourceDefinition
	if err := yaml.Unmarshal([]byte(text), &definition); err != nil {
		return err
	}
	if definition.Kind != "CustomResourceDefinition" {
		return nil // Gateway API has a policy among them
	}
	for _, version := range definition.Spec.Versions {
		all.versions[schema.GroupVersionKind{Group: definition.Spec.Group, Version: version.Name,
			Kind: definition.Spec.Names.Kind}] = version.Schema.OpenAPIV3Schema
	}
	return nil
}

// of is nil for kinds that are no custom resources.
func (all *customs) of(kind schema.GroupVersionKind) (*custom, error) {
	props := all.versions[kind]
	if props == nil || all.made[kind] != nil {
		return all.made[kind], nil
	}
	var internal apiextensions.JSONSchemaProps
	err := crd.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(props, &internal, nil)
	if err != nil {
		return nil, err
	}
	made := &custom{}
	if made.schema, err = structural.NewStructural(&internal); err != nil {
		return nil, err
	}
	if made.open, _, err = validation.NewSchemaValidator(&internal); err != nil {
		return nil, err
	}
	made.rules = cel.NewValidator(made.schema, true, limits.PerCallLimit)
	all.made[kind] = made
	return made, nil
}

// check does with an object what the API server does before it stores it. It may change the object.
func (c *custom) check(object map[string]any) error {
	unknown := pruning.PruneWithOptions(object, c.schema, true,
		structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	if len(unknown) > 0 {
		return fmt.Errorf("the CRD does not know %s", strings.Join(unknown, ", "))
	}
	defaulting.PruneNonNullableNullsWithoutDefaults(object, c.schema)
	defaulting.Default(object, c.schema)
	problems := validation.ValidateCustomResource(nil, object, c.open)
	problems = append(problems, listtype.ValidateListSetsAndMaps(nil, c.schema, object)...)
	if c.rules != nil {
		broken, _ := c.rules.Validate(context.Background(), nil, c.schema, object, nil,
			limits.RuntimeCELCostBudget)
		problems = append(problems, broken...)
	}
	return problems.ToAggregate()
}
