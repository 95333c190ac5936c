package keda

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// The repository, as seen from this folder, in which the tests are run.
const root = "../.."

// A trigger that operators copy.
type written struct {
	v1alpha1.ScaleTriggers
	where, kind string
	index       int
	auth        *v1alpha1.TriggerAuthenticationSpec // nil: it names none
}

// Those of k8s/, and of what the chart and the component render.
func writtenTriggers(t *testing.T) (all []written) {
	t.Helper()
	for _, folder := range []string{"k8s", "tests/manifests/golden"} {
		visit := func(file string, _ fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(file) != ".yaml" || strings.Contains(file, "/chart/templates/") {
				return err
			}
			found, err := triggersOf(file)
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			all = append(all, found...)
			return nil
		}
		if err := filepath.WalkDir(filepath.Join(root, folder), visit); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func triggersOf(file string) (found []written, err error) {
	text, err := os.ReadFile(file)
	if err != nil || !bytes.Contains(text, []byte("\nkind: Scaled")) {
		return nil, err
	}
	auths := map[string]*v1alpha1.TriggerAuthenticationSpec{}
	for decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096); ; {
		var document struct {
			Kind     string
			Metadata metav1.ObjectMeta
			Spec     json.RawMessage
		}
		if err := decoder.Decode(&document); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		switch name := document.Metadata.Name; document.Kind {
		case "TriggerAuthentication":
			auths[name] = &v1alpha1.TriggerAuthenticationSpec{}
			err = json.Unmarshal(document.Spec, auths[name])
		case "ScaledObject", "ScaledJob":
			var spec struct{ Triggers []v1alpha1.ScaleTriggers }
			err = json.Unmarshal(document.Spec, &spec)
			for i, one := range spec.Triggers {
				place := strings.TrimPrefix(file, root+"/")
				where := fmt.Sprintf("%s: %s, trigger %d (%s)", place, name, i, one.Type)
				found = append(found, written{one, where, document.Kind, i, nil})
			}
		}
		if err != nil {
			return nil, err
		}
	}
	for i := range found {
		if named := found[i].AuthenticationRef; named != nil {
			if found[i].auth = auths[named.Name]; found[i].auth == nil {
				return nil, fmt.Errorf("no TriggerAuthentication is %s", named.Name)
			}
		}
	}
	return found, nil
}
