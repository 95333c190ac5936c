//go:build tools

// Package keda names the programs of KEDA that the tests start, so that go.mod and go.sum keep what
// they are built from.
package keda

import (
	_ "github.com/kedacore/keda/v2/cmd/adapter"
	_ "github.com/kedacore/keda/v2/cmd/operator"
)
