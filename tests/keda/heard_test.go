package keda

import (
	"strings"
	"sync"

	"github.com/go-logr/logr"
	"github.com/go-logr/logr/funcr"
)

// What KEDA writes to its log: it tells of some failures nowhere else.
type hearing struct {
	mutex sync.Mutex
	lines []string
}

var heard hearing

func (l *hearing) logger() logr.Logger {
	return funcr.New(func(prefix, arguments string) {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.lines = append(l.lines, prefix+" "+arguments)
	}, funcr.Options{})
}

// The lines that contain all of these words.
func (l *hearing) with(words ...string) (found []string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
lines:
	for _, line := range l.lines {
		for _, word := range words {
			if !strings.Contains(line, word) {
				continue lines
			}
		}
		found = append(found, line)
	}
	return found
}
