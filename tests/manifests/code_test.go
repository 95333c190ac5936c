package manifests

import (
	"context"
	"errors"
	"fmt"

	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"k8s.io/apimachinery/pkg/runtime"
	"knative.dev/pkg/apis"
)

// checkByCode runs the validation that the types' modules have in code: KEDA's and Knative's, which
// their webhooks use. That of the other modules is in their CRDs, and Kubernetes' in its API server.
func checkByCode(object runtime.Object) error {
	switch o := object.(type) {
	case interface{ APILifecycleRemoved() (int, int) }: // the types of old versions are still there
		if major, minor := o.APILifecycleRemoved(); major == 1 && minor <= kubernetesMinor {
			return fmt.Errorf("Kubernetes %d.%d removed it", major, minor)
		}
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
		if err := o.Validate(ctx).Filter(apis.ErrorLevel); err != nil { // without its warnings
			return fmt.Errorf("Knative: %w", err)
		}
	}
	return nil
}
