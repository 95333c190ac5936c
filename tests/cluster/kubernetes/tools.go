//go:build tools

// Package kubernetes names the programs of the control plane that the tests start, so that go.mod
// and go.sum keep what they are built from.
package kubernetes

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)
