package manifests

import (
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The repository, as seen from this folder, in which the tests are run.
const root = "../.."

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	flag.Parse()
	if _, err := os.Stat(filepath.Join(root, "CMakeLists.txt")); err != nil {
		fmt.Fprintln(os.Stderr, "to be run in tests/manifests of the repository:", err)
		os.Exit(2)
	}
	log.SetOutput(io.Discard) // Helm tells of each link in the chart, each time
	os.Exit(m.Run())
}

// A Document is one YAML document, and where it stands: file and line.
type Document struct {
	File string
	Line int
	Text string
}

func (d Document) Where() string { return fmt.Sprintf("%s:%d", d.File, d.Line) }

var (
	separator = regexp.MustCompile(`^---(\s.*)?$`)
	comment   = regexp.MustCompile(`^\s*(#.*)?$`)
	fence     = regexp.MustCompile("^( *)```(\\w*)")
)

// documents splits a stream of YAML; documents without anything but comments are left out.
func documents(file, text string) []Document {
	var found []Document
	start := 0
	lines := append(strings.Split(text, "\n"), "---")
	for i, line := range lines {
		if !separator.MatchString(line) {
			continue
		}
		part := lines[start:i]
		if first := slices.IndexFunc(part, func(l string) bool { return !comment.MatchString(l) }); first >= 0 {
			found = append(found, Document{file, start + first + 1, strings.Join(part, "\n") + "\n"})
		}
		start = i + 1
	}
	return found
}

// fenced are the YAML documents in a Markdown file that say what they are: kind and apiVersion.
func fenced(file, text string) []Document {
	var found []Document
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		opened := fence.FindStringSubmatch(lines[i])
		if opened == nil {
			continue
		}
		start := i + 1
		var block []string
		for i++; i < len(lines) && !strings.HasPrefix(strings.TrimLeft(lines[i], " "), "```"); i++ {
			block = append(block, strings.TrimPrefix(lines[i], opened[1]))
		}
		if opened[2] != "yaml" && opened[2] != "yml" {
			continue
		}
		for _, document := range documents(file, strings.Join(block, "\n")) {
			isTemplate := strings.Contains(document.Text, "{{")
			if looksLikeManifest.MatchString(document.Text) && !isTemplate {
				document.Line += start
				found = append(found, document)
			}
		}
	}
	return found
}

var looksLikeManifest = regexp.MustCompile(`(?m)^(apiVersion|kind):`)

// walk calls `visit` for each file of the repository with one of the endings, by its path from the
// root. Links are not followed: what they lead to is visited where it is.
func walk(t *testing.T, visit func(path, text string), endings ...string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && (name == "build" || name == "node_modules" || name != ".." && strings.HasPrefix(name, ".")) {
			return filepath.SkipDir
		}
		if !entry.Type().IsRegular() || !slices.Contains(endings, filepath.Ext(name)) {
			return nil
		}
		visit(relative(path), read(t, path))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func relative(path string) string {
	short, err := filepath.Rel(root, path)
	if err != nil {
		return path
	}
	return short
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
