//go:build modules

// Package manifests decodes each manifest of the repository by the types of what it is written for,
// renders the component and the chart, and compares both with what is expected. All of it are tests.
package manifests

// Only a folder of it is read, its CRDs, and no code; `go mod tidy` shall keep it.
import _ "github.com/prometheus-operator/prometheus-operator/pkg/versionutil"
