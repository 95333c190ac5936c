package manifests

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"regexp"
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
		Files   []string `json:"files"` // from the repository's root
		None    string   `json:"none"`  // why it went nowhere
	} `json:"sections"`
}

// How many headings each seed has, and a hash of them in their order. The documents themselves are not
// in the repository: a section that is lost from a list would be missed by nobody.
var headings = map[string]string{
	"gateway.yml":            "92 c6a3ae4d42f3",
	"kubernetes-runtime.yml": "15 a110327b3f48",
	"production-quality.yml": "18 78fbf04da93f",
	"scaling.yml":            "54 559f6d048f98",
}

func TestNoSectionOfTheSeedsIsMissing(t *testing.T) {
	all := seeds(t)
	for file, seed := range all {
		var names []string
		for _, section := range seed.Sections {
			names = append(names, section.Section)
		}
		hash := sha256.Sum256([]byte(strings.Join(names, "\n")))
		has := fmt.Sprintf("%d %x", len(names), hash[:6])
		if wanted := headings[filepath.Base(file)]; has != wanted {
			t.Errorf("%s: its sections are %s, and the document's are %s", file, has, wanted)
		}
	}
	if len(all) != len(headings) {
		t.Errorf("%d seeds, and not %d", len(all), len(headings))
	}
}

var (
	numbered = regexp.MustCompile(`^(\d+\.\d+) `)
	seedLine = regexp.MustCompile(`(?m)^# Seed: Scaling\b(.*)$`)
	number   = regexp.MustCompile(`\d+\.\d+`)
)

// A pattern says in its head which numbered sections it comes from. The other seeds number their
// chapters at most, and a file beside the one that has most of a section may speak of another seed.
func TestPatternsNameTheirSections(t *testing.T) {
	count := 0
	for file, seed := range seeds(t) {
		for _, section := range seed.Sections {
			itsNumber := numbered.FindStringSubmatch(section.Section)
			for _, named := range section.Files {
				if itsNumber == nil || !strings.HasPrefix(named, patternsFolder+"/") || filepath.Ext(named) == ".md" {
					continue
				}
				count++
				said := seedLine.FindString(read(t, filepath.Join(root, named)))
				if !slices.Contains(number.FindAllString(said, -1), itsNumber[1]) {
					t.Errorf("%s: %q is in %s, which says %q", file, section.Section, named, said)
				}
			}
		}
	}
	if count < 30 {
		t.Errorf("only %d patterns of numbered sections were found", count)
	}
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
				if !isThere(t, named) {
					t.Errorf("%s: section %q: there is no %s", file, section.Section, named)
				}
			}
		}
	}
}

var notInAnAnchor = regexp.MustCompile(`[^\w\- ]`)

// isThere says so of a file, by its path from the root, and of the heading of a page behind a "#".
func isThere(t *testing.T, named string) bool {
	t.Helper()
	named, anchor, isHeading := strings.Cut(named, "#")
	matches, _ := filepath.Glob(filepath.Join(root, named))
	if !isHeading || len(matches) == 0 {
		return len(matches) > 0
	}
	for _, line := range strings.Split(read(t, matches[0]), "\n") {
		heading, is := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if is && strings.HasPrefix(line, "#") && anchor ==
			strings.ReplaceAll(notInAnAnchor.ReplaceAllString(strings.ToLower(heading), ""), " ", "-") {
			return true
		}
	}
	return false
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
