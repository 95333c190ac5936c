package cluster

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"

	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	listers "k8s.io/client-go/listers/discovery/v1"
	"k8s.io/client-go/tools/cache"
)

// Endpoints know the addresses behind each Service, as Kubernetes' own controller wrote them in
// EndpointSlices: what a cluster's DNS and its kube-proxy read. Any goroutine.
type Endpoints struct {
	slices listers.EndpointSliceLister
}

func WatchEndpoints(ctx context.Context, plane *Plane) (*Endpoints, error) {
	factory := informers.NewSharedInformerFactory(plane.Client, 0)
	informer := factory.Discovery().V1().EndpointSlices()
	synced := informer.Informer().HasSynced
	factory.Start(ctx.Done())
	if !cache.WaitForCacheSync(ctx.Done(), synced) {
		return nil, errors.New("EndpointSlices are not served")
	}
	return &Endpoints{informer.Lister()}, nil
}

// Of are the addresses that `service` has in its slices as ready. With publishNotReadyAddresses
// these are all of its pods, those that do not serve yet and those that go too.
func (e *Endpoints) Of(namespace, service string) []netip.Addr {
	selector := labels.SelectorFromSet(labels.Set{discoveryv1.LabelServiceName: service})
	found, _ := e.slices.EndpointSlices(namespace).List(selector)
	var addresses []netip.Addr
	for _, slice := range found {
		for _, endpoint := range slice.Endpoints {
			if endpoint.Conditions.Ready != nil && !*endpoint.Conditions.Ready {
				continue
			}
			for _, text := range endpoint.Addresses {
				if address, err := netip.ParseAddr(text); err == nil {
					addresses = append(addresses, address)
				}
			}
		}
	}
	slices.SortFunc(addresses, netip.Addr.Compare)
	return addresses
}

// Pick is what a client reaches that connects to `service`: any ready address, but `last` as long
// as that is one (sessionAffinity: ClientIP). False: there is none.
func (e *Endpoints) Pick(namespace, service string, last netip.Addr) (netip.Addr, bool) {
	ready := e.Of(namespace, service)
	if slices.Contains(ready, last) {
		return last, true
	}
	if len(ready) == 0 {
		return netip.Addr{}, false
	}
	return ready[rand.IntN(len(ready))], true
}
