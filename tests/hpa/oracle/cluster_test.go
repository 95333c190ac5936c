package oracle

import (
	"context"
	"time"

	autoscalingv2 "k8s.io/api/autoscaling/v2"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	autoscalinginformers "k8s.io/client-go/informers/autoscaling/v2"
	coreinformers "k8s.io/client-go/informers/core/v1"
	autoscalingclient "k8s.io/client-go/kubernetes/typed/autoscaling/v2"
	corev1 "k8s.io/client-go/kubernetes/typed/core/v1"
	autoscalinglisters "k8s.io/client-go/listers/autoscaling/v2"
	corelisters "k8s.io/client-go/listers/core/v1"
	"k8s.io/client-go/tools/cache"
)

// The rest of a cluster, as far as the controller asks for it: one HPA that never changes, and an
// API server that takes what it is told and keeps nothing.

type hpaInformer struct {
	autoscalinginformers.HorizontalPodAutoscalerInformer
	hpa *autoscalingv2.HorizontalPodAutoscaler
}

func (i hpaInformer) Informer() cache.SharedIndexInformer { return informer{first: i.hpa} }
func (i hpaInformer) Lister() autoscalinglisters.HorizontalPodAutoscalerLister {
	return hpaLister{hpa: i.hpa}
}

type hpaLister struct {
	autoscalinglisters.HorizontalPodAutoscalerLister
	autoscalinglisters.HorizontalPodAutoscalerNamespaceLister
	hpa *autoscalingv2.HorizontalPodAutoscaler
}

func (l hpaLister) HorizontalPodAutoscalers(
	string) autoscalinglisters.HorizontalPodAutoscalerNamespaceLister {
	return l
}
func (l hpaLister) List(labels.Selector) ([]*autoscalingv2.HorizontalPodAutoscaler, error) {
	return []*autoscalingv2.HorizontalPodAutoscaler{l.hpa}, nil
}
func (l hpaLister) Get(string) (*autoscalingv2.HorizontalPodAutoscaler, error) { return l.hpa, nil }

type podInformer struct {
	coreinformers.PodInformer
	pods corelisters.PodLister
}

func (i podInformer) Informer() cache.SharedIndexInformer { return informer{} }
func (i podInformer) Lister() corelisters.PodLister       { return i.pods }

// It has synced from the beginning, and tells of one object, if there is one.
type informer struct {
	cache.SharedIndexInformer
	first any
}

func (i informer) HasSynced() bool { return true }
func (i informer) AddEventHandlerWithResyncPeriod(handler cache.ResourceEventHandler,
	_ time.Duration) (cache.ResourceEventHandlerRegistration, error) {
	handler.OnAdd(i.first, true)
	return nil, nil
}

type objects struct {
	autoscalingclient.HorizontalPodAutoscalersGetter
	autoscalingclient.HorizontalPodAutoscalerInterface
}

func (o objects) HorizontalPodAutoscalers(
	string) autoscalingclient.HorizontalPodAutoscalerInterface {
	return o
}
func (o objects) UpdateStatus(_ context.Context, hpa *autoscalingv2.HorizontalPodAutoscaler,
	_ metav1.UpdateOptions) (*autoscalingv2.HorizontalPodAutoscaler, error) {
	return hpa, nil
}

type events struct {
	corev1.EventsGetter
	corev1.EventInterface
}

func (e events) Events(string) corev1.EventInterface                         { return e }
func (e events) CreateWithEventNamespace(event *v1.Event) (*v1.Event, error) { return event, nil }
func (e events) PatchWithEventNamespace(event *v1.Event, _ []byte) (*v1.Event, error) {
	return event, nil
}
