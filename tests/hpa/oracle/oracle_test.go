// Package oracle answers what Kubernetes' own horizontal pod autoscaler does, so that what computes
// like it can be compared with it: cases come as lines of JSON on the standard input, and the
// answers go to the standard output in the same order.
//
// One reading of a metric of the type `External`:
//
//	{"kind":"AverageValue","target":50.5,"values":[120,3.25],"statusReplicas":3,
//	 "upTolerance":0.1,"downTolerance":0.1}                           -> {"replicas":3}
//	{"kind":"Value","target":2,"values":[3.1],"specReplicas":4,"readyPods":5,
//	 "upTolerance":0.1,"downTolerance":0.1}                           -> {"replicas":8}
//
// One of the type `Resource`, CPU in thousandths of a core and its target in per cent of what is
// requested; `usage` is left out where there is no metric yet:
//
//	{"kind":"Utilization","target":60,"specReplicas":2,"upTolerance":0.1,"downTolerance":0.1,
//	 "pods":[{"usage":900,"request":1000,"isDeleted":false,"isPending":false,"isUnready":false},
//	         {"request":1000}]}                                       -> {"replicas":2}
//
// The whole controller, with its windows and policies, through a number of syncs:
//
//	{"kind":"series","metrics":[{"kind":"AverageValue","target":50}],
//	 "minReplicas":1,"maxReplicas":100,"replicas":4,
//	 "behavior":{"scaleDown":{"policies":[{"type":"Pods","value":1,"periodSeconds":60}]}},
//	 "tolerance":0.1,"downscaleWindow":300,"period":15,
//	 "steps":[{"values":[[300]]},{"values":[null],"statusReplicas":5,"readyPods":5}]}
//	                                                                  -> {"replicas":[6,6]}
//
// `behavior` is what stands in an HPA, or null; what it leaves out is as the API server sets it.
// `tolerance` and `downscaleWindow` (seconds) are the controller's flags, `period` the time between
// two syncs, in seconds; the first sync is at the first. `values` has, for each metric, what was
// returned; null for a metric that could not be got. `statusReplicas` is what was asked for at the
// sync before, and `readyPods` is `statusReplicas`, where they are left out; `specReplicas`, where
// it is there, is set by somebody else just before the sync. The answer is what was asked for after
// each sync.
//
// Numbers are taken to the thousandth, as KEDA hands them on. Where Kubernetes computes nothing
// there is {"error":"…"} instead.
package oracle

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"
)

type answer struct {
	Replicas any    `json:"replicas,omitempty"`
	Error    string `json:"error,omitempty"`
}

var answers = os.Stdout

// The clock that the controller reads can be moved by a test alone: hence this is one.
func TestMain(m *testing.M) {
	os.Stdout = os.Stderr // for what `testing` says
	os.Exit(m.Run())
}

func TestOracle(t *testing.T) {
	const longest = 16 << 20 // bytes of one case
	cases := bufio.NewScanner(os.Stdin)
	cases.Buffer(nil, longest)
	out := bufio.NewWriter(answers)
	encoder := json.NewEncoder(out)
	for number := 1; cases.Scan(); number++ {
		told, err := decide(t, cases.Bytes())
		if err != nil {
			t.Fatalf("line %d: %v", number, err)
		}
		if err := encoder.Encode(told); err != nil {
			t.Fatal(err)
		}
	}
	if err := cases.Err(); err != nil {
		t.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
}

// An error means that the line is no case.
func decide(t *testing.T, line []byte) (answer, error) {
	var of struct {
		Kind string `json:"kind"`
	}
	if err := json.Unmarshal(line, &of); err != nil {
		return answer{}, err
	}
	switch of.Kind {
	case averageValue, value:
		return answerTo(line, &reading{})
	case utilization:
		return answerTo(line, &cpuReading{})
	case "series":
		var all series
		if err := strictly(line, &all); err != nil {
			return answer{}, err
		}
		return answer{Replicas: all.replicas(t)}, nil
	}
	return answer{}, fmt.Errorf("%q is no kind of case", of.Kind)
}

// One reading of one metric.
func answerTo(line []byte, read interface{ replicas() (int32, error) }) (answer, error) {
	if err := strictly(line, read); err != nil {
		return answer{}, err
	}
	replicas, err := read.replicas()
	if err != nil {
		return answer{Error: err.Error()}, nil
	}
	return answer{Replicas: replicas}, nil
}

// A key that is not known is a mistake: the answer would be to another question.
func strictly(line []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
