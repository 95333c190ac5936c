package manifests

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

const patternsFolder = "k8s/patterns"

// A seed is a document that the project came from: each section, and where it went.
type seed struct {
	Name     string `json:"name"`
	Sections []struct {
		Section string   `json:"section"`
		Files   []string `json:"files"` // from the repository's root, or from the patterns' folder
		None    string   `json:"none"`  // why it went nowhere
	} `json:"sections"`
}

func seeds(t *testing.T) map[string]seed {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, patternsFolder, "seeds", "*.yml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no seeds: %v", err)
	}
	all := map[string]seed{}
	for _, file := range files {
		var one seed
		if err := yaml.UnmarshalStrict([]byte(read(t, file)), &one); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[relative(file)] = one
	}
	return all
}

// Each section says where it went, or why nowhere, and what it names is there.
func TestEachSectionOfTheSeedsIsSomewhere(t *testing.T) {
	for file, seed := range seeds(t) {
		if seed.Name == "" || len(seed.Sections) == 0 {
			t.Errorf("%s: without a name or sections", file)
		}
		said := map[string]bool{}
		for _, section := range seed.Sections {
			if said[section.Section] || section.Section == "" {
				t.Errorf("%s: section %q stands there twice, or has no name", file, section.Section)
			}
			said[section.Section] = true
			if (len(section.Files) > 0) == (section.None != "") {
				t.Errorf("%s: section %q: either files, or none and why", file, section.Section)
			}
			for _, named := range section.Files {
				if found(named) == "" {
					t.Errorf("%s: section %q: there is no %s", file, section.Section, named)
				}
			}
		}
	}
}

// found is the path from the root of a file that a seed names, "" if there is none.
func found(named string) string {
	named, _, _ = strings.Cut(named, "#") // a heading of a page
	for _, path := range []string{named, filepath.Join(patternsFolder, named)} {
		if matches, _ := filepath.Glob(filepath.Join(root, path)); len(matches) > 0 {
			return filepath.Clean(path)
		}
	}
	return ""
}

// Nobody finds a pattern that the index does not name, and the index names none that is not there.
func TestTheIndexNamesEachPattern(t *testing.T) {
	index := read(t, filepath.Join(root, patternsFolder, "README.md"))
	walk(t, func(file, _ string) {
		inside, is := strings.CutPrefix(file, patternsFolder+"/")
		if is && !strings.HasPrefix(inside, "seeds/") && !strings.Contains(index, inside) {
			t.Errorf("the index does not name %s", inside)
		}
	}, ".yaml", ".yml")
	for _, link := range links(index) {
		if matches, _ := filepath.Glob(filepath.Join(root, patternsFolder, link)); len(matches) == 0 {
			t.Errorf("the index names %s, which is not there", link)
		}
	}
}

// links are the relative ones of a page.
func links(page string) []string {
	var all []string
	for _, part := range strings.Split(page, "](")[1:] {
		link, _, _ := strings.Cut(part, ")")
		link, _, _ = strings.Cut(link, "#")
		if link != "" && !strings.Contains(link, "://") && !slices.Contains(all, link) {
			all = append(all, link)
		}
	}
	return all
}
