package manifests

import (
	"context"
	"errors"
	"fmt"

	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/apis"
)

// checkByCode runs the validation that the types' modules have in code. KEDA's and Knative's stand
// in their webhooks; those of the other modules' types is in their CRDs.
func checkByCode(object runtime.Object) error {
	switch o := object.(type) {
	case *keda.ScaledObject:
		problems := []error{keda.ValidateTriggers(o.Spec.Triggers),
			keda.CheckReplicaCountBoundsAreValid(o), keda.CheckFallbackValid(o)}
		if o.IsUsingModifiers() {
			_, err := keda.ValidateAndCompileScalingModifiers(o)
			problems = append(problems, err)
		}
		return errors.Join(problems...)
	case *keda.ScaledJob:
		return keda.ValidateTriggers(o.Spec.Triggers)
	case *keda.TriggerAuthentication:
		_, err := o.ValidateCreate(nil)
		return err
	case *keda.ClusterTriggerAuthentication:
		_, err := o.ValidateCreate(nil)
		return err
	case interface {
		apis.Defaultable
		apis.Validatable
	}: // Knative
		ctx := apis.WithinCreate(context.Background())
		o.SetDefaults(ctx)
		if err := o.Validate(ctx); err != nil {
			return fmt.Errorf("Knative: %w", err)
		}
	}
	return nil
}
