package keda

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// For anything to come about, on a busy machine: the scaler holds what it has said for a minute.
const patience = 180 * time.Second

// Looks at a condition twenty times a second until it holds.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatalf("not within %v: %s", patience, what)
}

// A program under way, which ends with the test at the latest. Its output is shown if the test
// fails.
type process struct {
	t       *testing.T
	command *exec.Cmd
	log     string // a file
	ended   chan struct{}
}

func start(t *testing.T, name string, arguments ...string) *process {
	t.Helper()
	log, err := os.CreateTemp(t.TempDir(), filepath.Base(name)+"-*.log")
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	p := &process{t, exec.Command(name, arguments...), log.Name(), make(chan struct{})}
	p.command.Stdout, p.command.Stderr = log, log
	if err := startUnderUs(p.command); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.command.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.end(syscall.SIGKILL)
		if t.Failed() {
			t.Logf("%s said:\n%s", name, p.tail())
		}
	})
	return p
}

// What the program has said last.
func (p *process) tail() []byte {
	const most = 8192
	file, err := os.Open(p.log)
	if err != nil {
		return []byte(err.Error())
	}
	defer file.Close()
	if info, err := file.Stat(); err == nil && info.Size() > most {
		file.Seek(-most, io.SeekEnd)
	}
	text, _ := io.ReadAll(file)
	return text
}

// What the first group of the expression matches in the program's output, as soon as it does.
func (p *process) says(expression string) string {
	p.t.Helper()
	wanted := regexp.MustCompile(expression)
	var found [][]byte
	eventually(p.t, "it says "+expression, func() bool {
		text, _ := os.ReadFile(p.log)
		found = wanted.FindSubmatch(text)
		if found == nil && p.hasEnded() {
			p.t.Fatalf("ended before it said %s", expression)
		}
		return found != nil
	})
	return string(found[1])
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

func (p *process) signal(signal os.Signal) { p.command.Process.Signal(signal) }

// Signals it, unless it has gone, and waits for its end.
func (p *process) end(signal os.Signal) {
	if p.hasEnded() {
		return
	}
	p.signal(signal)
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.signal(syscall.SIGKILL)
		p.t.Errorf("%s does not end", p.command.Path)
	}
}

var starts = func() chan<- func() {
	queue := make(chan func())
	go func() {
		runtime.LockOSThread()
		for start := range queue {
			start()
		}
	}()
	return queue
}()

// Starts a program that does not outlive this one. The kernel ties it to the life of the thread
// that starts it: one starts them all, and stays.
func startUnderUs(command *exec.Cmd) error {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	done := make(chan error)
	starts <- func() { done <- command.Start() }
	return <-done
}
