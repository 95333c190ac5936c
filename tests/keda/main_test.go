// Package keda asks the running program what KEDA asks it, by KEDA's own client code.
//
// The environment names the programs: MCP_VITALS and SAMPLE_SERVER. It also tells KEDA to look for
// metadata that it does not know, before anything of it runs.
package keda

import (
	"fmt"
	"os"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/log"
)

func TestMain(m *testing.M) {
	for _, program := range []string{"MCP_VITALS", "SAMPLE_SERVER"} {
		if os.Getenv(program) == "" {
			fmt.Fprintf(os.Stderr, "%s must name the program\n", program)
			os.Exit(2)
		}
	}
	if look := "KEDA_CHECK_UNEXPECTED_SCALERS_PARAMS"; os.Getenv(look) != "enabled" {
		fmt.Fprintf(os.Stderr, "%s must be enabled\n", look)
		os.Exit(2)
	}
	log.SetLogger(heard.logger())
	os.Exit(m.Run())
}
