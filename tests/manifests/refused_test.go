package manifests

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// besides is k8s/example's Deployment and Service with the component, after a change: what kustomize says, and
// what it makes. Besides "deployment.yaml" and "service.yaml" there is "more.yaml", and the kustomization itself.
func besides(t *testing.T, change func(files map[string]string)) (string, error) {
	t.Helper()
	files := map[string]string{
		"deployment.yaml": read(t, root+"/k8s/example/deployment.yaml"),
		"service.yaml":    read(t, root+"/k8s/example/service.yaml"),
		"more.yaml":       "",
		"kustomization.yaml": "resources: [deployment.yaml, service.yaml, more.yaml]\n" +
			"components: [../component]\n",
	}
	change(files)
	memory := filesys.MakeFsInMemory()
	write := func(path, text string) {
		if err := memory.WriteFile(path, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		write("/theirs/"+name, text)
	}
	component := os.DirFS(root + "/k8s/component")
	err := fs.WalkDir(component, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			write("/component/"+path, read(t, filepath.Join(root, "k8s/component", path)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	made, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(memory, "/theirs")
	if err != nil {
		return "", err
	}
	text, err := made.AsYaml()
	return string(text), err
}

// swap replaces a text that a file must have.
func swap(file, old, new string) func(map[string]string) {
	return func(files map[string]string) {
		if !strings.Contains(files[file], old) {
			panic(file + " has no " + old)
		}
		files[file] = strings.ReplaceAll(files[file], old, new)
	}
}

// add is something more of the same kustomization.
func add(text string) func(map[string]string) {
	return func(files map[string]string) { files["more.yaml"] += "---\n" + text }
}

const (
	serversPort  = "- {name: http, containerPort: 3000}"
	servicesPort = "- {name: http, port: 80, targetPort: http}"
	serversName  = "- name: server\n"
	noLabels     = "{matchExpressions: [{key: app, operator: In, values: [mcp-server]}]}"
)

// What the component cannot be right for it refuses; `told` is a word of what docs/kubernetes.md then says.
var refused = []struct {
	name, told string
	change     func(files map[string]string)
}{
	{"a server without ports", "has no `ports`",
		swap("deployment.yaml", "          ports:\n            "+serversPort+"\n", "")},
	{"a server with an empty list of ports", "`ports: []`",
		swap("deployment.yaml", "\n            "+serversPort, " []")},
	{"a server with two ports", "leave MCP's",
		swap("deployment.yaml", serversPort, serversPort+"\n            - {name: admin, containerPort: 3001}")},
	{"a Service without ports", "has no port",
		swap("service.yaml", "\n    "+servicesPort, " []")},
	{"a Service with two ports", "likewise in the Service",
		swap("service.yaml", servicesPort, servicesPort+"\n    - {name: admin, port: 81}")},
	{"a headless Service", "headless",
		swap("service.yaml", "spec:\n", "spec:\n  clusterIP: None\n")},
	{"a server with a hook", "has a `lifecycle`",
		swap("deployment.yaml", serversName, serversName+"          lifecycle: {preStop: {sleep: {seconds: 9}}}\n")},
	{"a Deployment with a grace period", "has a grace period",
		swap("deployment.yaml", "      containers:", "      terminationGracePeriodSeconds: 180\n      containers:")},
	{"two Deployments", "two Deployments",
		add("{apiVersion: apps/v1, kind: Deployment, metadata: {name: another}}")},
	{"two Services", "two Services",
		add("{apiVersion: v1, kind: Service, metadata: {name: another}, spec: {ports: [{port: 80}]}}")},
	{"the component twice", "named twice",
		swap("kustomization.yaml", "[../component]", "[../component, ../component]")},
	{"a StatefulSet", "StatefulSet",
		swap("deployment.yaml", "kind: Deployment", "kind: StatefulSet")},
	{"no Service", "add the Service",
		swap("kustomization.yaml", "service.yaml, ", "")},
	{"a selector without labels", "`matchExpressions`",
		swap("deployment.yaml", "{matchLabels: {app: mcp-server}}", noLabels)},
	{"a ConfigMap of the component's name", "a ConfigMap of that name",
		add("{apiVersion: v1, kind: ConfigMap, metadata: {name: mcp-server-vitals}}")},
	{"the component's ConfigMap merged with", "patch it instead",
		swap("kustomization.yaml", "components:",
			"configMapGenerator: [{name: mcp-server-vitals, behavior: merge, literals: [a=b]}]\ncomponents:")},
}

func TestTheComponentRefuses(t *testing.T) {
	const heading = "### `kustomize build` fails\n"
	table := errorRows(t, heading)
	met := map[string]bool{}
	for _, c := range refused {
		t.Run(c.name, func(t *testing.T) {
			_, err := besides(t, c.change)
			if err == nil {
				t.Fatal("it renders")
			}
			of := slices.DeleteFunc(slices.Clone(table), func(row errorRow) bool { return !row.tells(err) })
			if len(of) != 1 || !strings.Contains(of[0].then, c.told) {
				t.Fatalf("docs/kubernetes.md has %d rows for it, not one that says %q: %v\n%v", len(of), c.told, err, of)
			}
			met[of[0].then] = true
		})
	}
	for _, row := range table {
		if !met[row.then] {
			t.Errorf("docs/kubernetes.md has a row that no case comes to: %v", row)
		}
	}
	if _, err := besides(t, func(map[string]string) {}); err != nil {
		t.Errorf("nothing is wrong: %v", err)
	}
}

// errorRow is a line of a table of errors: texts that are all in the error, and what to do then.
type errorRow struct {
	texts []string
	then  string
}

var quoted = regexp.MustCompile("`([^`]+)`")

// errorRows are the lines of the first table below a heading of docs/kubernetes.md.
func errorRows(t *testing.T, heading string) (rows []errorRow) {
	t.Helper()
	_, section, found := strings.Cut(read(t, root+"/docs/kubernetes.md"), heading)
	_, section, ruled := strings.Cut(section, "\n|---|---|\n")
	if !found || !ruled {
		t.Fatalf("docs/kubernetes.md has no table below %q", heading)
	}
	for line := range strings.Lines(section) {
		cells := strings.Split(line, " | ")
		if len(cells) != 2 {
			break
		}
		row := errorRow{then: cells[1]}
		for _, text := range quoted.FindAllStringSubmatch(cells[0], -1) {
			row.texts = append(row.texts, text[1])
		}
		rows = append(rows, row)
	}
	return rows
}

func (r errorRow) tells(err error) bool {
	return !slices.ContainsFunc(r.texts, func(text string) bool { return !strings.Contains(err.Error(), text) })
}
