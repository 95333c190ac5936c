package cluster

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// HPA is the one that KEDA made.
func (f *Fleet) HPA() (*autoscalingv2.HorizontalPodAutoscaler, error) {
	return f.cluster.Plane.Client.AutoscalingV2().HorizontalPodAutoscalers(f.namespace).Get(f.ctx,
		"keda-hpa-"+f.Name, metav1.GetOptions{})
}

// MetricFails tells whether the HPA could not get its metric when it last looked.
func (f *Fleet) MetricFails() (bool, string) {
	hpa, err := f.HPA()
	if err != nil {
		return false, err.Error()
	}
	for _, condition := range hpa.Status.Conditions {
		if condition.Type == autoscalingv2.ScalingActive {
			return condition.Status == corev1.ConditionFalse && condition.Reason == "FailedGetExternalMetric",
				condition.Reason + ": " + condition.Message
		}
	}
	return false, "no condition yet"
}

// KEDACondition is the status of a condition of the ScaledObject, "" when there is none.
func (f *Fleet) KEDACondition(kind string) string {
	object, err := f.cluster.Plane.Dynamic.Resource(scaledObjects).Namespace(f.namespace).Get(f.ctx,
		f.Name, metav1.GetOptions{})
	if err != nil {
		return ""
	}
	conditions, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	for _, condition := range conditions {
		if fields, ok := condition.(map[string]any); ok && fields["type"] == kind {
			return fmt.Sprint(fields["status"])
		}
	}
	return ""
}

// report is what one wants to see when a scenario failed.
func (f *Fleet) report() string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s: %v\n", f.Name, f.Crowd.Tally())
	if f.Timeline != nil {
		fmt.Fprintf(&out, "replicas wanted over time: %v\n", f.Timeline)
	}
	if hpa, err := f.HPA(); err != nil {
		fmt.Fprintf(&out, "HPA: %v\n", err)
	} else {
		for _, condition := range hpa.Status.Conditions {
			fmt.Fprintf(&out, "HPA %s=%s %s: %s\n", condition.Type, condition.Status, condition.Reason,
				condition.Message)
		}
	}
	for _, kind := range []string{"Ready", "Active", "Fallback"} {
		fmt.Fprintf(&out, "ScaledObject %s=%s\n", kind, f.KEDACondition(kind))
	}
	f.addEvents(&out)
	if f.scaler != nil {
		fmt.Fprintf(&out, "the scaler's /scaling:\n%s\n", f.get("/scaling?format=json"))
		fmt.Fprintf(&out, "the scaler's log ends:\n%s\n", f.scaler.Tail(10))
	}
	fmt.Fprintf(&out, "all logs: %s", f.cluster.directory)
	return out.String()
}

func (f *Fleet) addEvents(out *strings.Builder) {
	list, err := f.cluster.Plane.Client.CoreV1().Events(f.namespace).List(f.ctx, metav1.ListOptions{})
	if err != nil {
		fmt.Fprintf(out, "events: %v\n", err)
		return
	}
	events := slices.DeleteFunc(list.Items, func(event corev1.Event) bool {
		name := event.InvolvedObject.Name
		return name != f.Name && name != "keda-hpa-"+f.Name && !strings.HasPrefix(name, f.Name+"-")
	})
	when := func(event corev1.Event) time.Time { // by either of the two ways to write events
		if event.LastTimestamp.IsZero() {
			return event.EventTime.Time
		}
		return event.LastTimestamp.Time
	}
	slices.SortFunc(events, func(a, b corev1.Event) int { return when(a).Compare(when(b)) })
	for _, event := range events[max(0, len(events)-15):] {
		fmt.Fprintf(out, "event %s %s %s (%d times): %s\n", when(event).Format(time.TimeOnly),
			event.InvolvedObject.Name, event.Reason, event.Count, event.Message)
	}
}

// get is a page of the scaler, or why there is none.
func (f *Fleet) get(path string) string {
	ctx, cancel := context.WithTimeout(f.ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		fmt.Sprintf("http://%v:9788%s", f.address, path), nil)
	if err != nil {
		return err.Error()
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return err.Error()
	}
	return string(text)
}
