package cluster

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/watch"
)

// Replicas are those of a Deployment at one moment.
type Replicas struct {
	At                  time.Time
	Spec, Status, Ready int32
}

// Timeline is every change of a Deployment's replicas, as the API server told it. Any goroutine.
type Timeline struct {
	began time.Time
	mutex sync.Mutex
	seen  []Replicas
}

// WatchReplicas watches the Deployment, which must be there, until the context ends.
func WatchReplicas(ctx context.Context, plane *Plane, namespace, name string) (*Timeline, error) {
	deployments := plane.Client.AppsV1().Deployments(namespace)
	selector := fields.OneTermEqualSelector("metadata.name", name).String()
	watcher, err := deployments.Watch(ctx, metav1.ListOptions{FieldSelector: selector})
	if err != nil {
		return nil, err
	}
	t := &Timeline{began: time.Now()}
	first := make(chan struct{})
	var once sync.Once
	go func() {
		for event := range watcher.ResultChan() {
			if deployment, ok := event.Object.(*appsv1.Deployment); ok && event.Type != watch.Deleted {
				t.add(deployment)
				once.Do(func() { close(first) })
			}
		}
	}()
	select {
	case <-first:
		return t, nil
	case <-time.After(patience):
		return nil, fmt.Errorf("no Deployment %s", name)
	}
}

func (t *Timeline) add(deployment *appsv1.Deployment) {
	now := Replicas{time.Now(), *deployment.Spec.Replicas, deployment.Status.Replicas,
		deployment.Status.ReadyReplicas}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if count := len(t.seen); count > 0 {
		last := t.seen[count-1]
		last.At = now.At
		if last == now {
			return
		}
	}
	t.seen = append(t.seen, now)
}

func (t *Timeline) Now() Replicas {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.seen[len(t.seen)-1]
}

// Since are the replicas at `start` and each change after it.
func (t *Timeline) Since(start time.Time) []Replicas {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	from := 0
	for i, replicas := range t.seen {
		if !replicas.At.After(start) {
			from = i
		}
	}
	return append([]Replicas(nil), t.seen[from:]...)
}

// Bounds are the least and the most wanted replicas since `start`.
func (t *Timeline) Bounds(start time.Time) (least, most int32) {
	since := t.Since(start)
	least, most = since[0].Spec, since[0].Spec
	for _, replicas := range since {
		least, most = min(least, replicas.Spec), max(most, replicas.Spec)
	}
	return least, most
}

// String is the wanted replicas over time, from the beginning: "1, 3 at 12 s, 1 at 95 s".
func (t *Timeline) String() string {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	var text strings.Builder
	for i, replicas := range t.seen {
		if i == 0 {
			fmt.Fprint(&text, replicas.Spec)
		} else if replicas.Spec != t.seen[i-1].Spec {
			fmt.Fprintf(&text, ", %d at %.0f s", replicas.Spec, replicas.At.Sub(t.began).Seconds())
		}
	}
	return text.String()
}
