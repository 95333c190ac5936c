package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Process is a program that runs, with a log file of all that it says. One goroutine at a time.
type Process struct {
	Name string
	Log  string
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// Start runs `program`; `environment` is added to PATH and HOME, which is all it has besides. With
// `user` not 0 it runs as that user, who may read all files.
func Start(directory, name string, environment []string, user uint32, program string,
	arguments ...string) (*Process, error) {
	var attributes *syscall.SysProcAttr
	if user != 0 {
		const readAll = 2 // CAP_DAC_READ_SEARCH
		attributes = &syscall.SysProcAttr{
			Credential:  &syscall.Credential{Uid: user, Gid: user},
			AmbientCaps: []uintptr{readAll}}
	}
	return start(directory, name, environment, attributes, program, arguments)
}

// StartApart starts it in a network and mounts of its own, in which there is nothing yet.
func StartApart(directory, name string, environment []string, program string,
	arguments ...string) (*Process, error) {
	return start(directory, name, environment, &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNET, Unshareflags: syscall.CLONE_NEWNS}, program, arguments)
}

func start(directory, name string, environment []string, attributes *syscall.SysProcAttr,
	program string, arguments []string) (*Process, error) {
	p := &Process{Name: name, Log: filepath.Join(directory, name+".log"), done: make(chan struct{})}
	log, err := os.OpenFile(p.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p.cmd = exec.Command(program, arguments...)
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + directory}, environment...)
	p.cmd.Stdout = log
	p.cmd.Stderr = log
	p.cmd.SysProcAttr = attributes
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	go func() {
		p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

func (p *Process) PID() int { return p.cmd.Process.Pid }

func (p *Process) Signal(signal syscall.Signal) { p.cmd.Process.Signal(signal) }

func (p *Process) HasEnded() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// Stop sends SIGTERM, and SIGKILL after `grace`. It tells how the program ended: nil for exit 0.
func (p *Process) Stop(grace time.Duration) error {
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(grace):
		p.Kill()
		return fmt.Errorf("%s did not end within %v of SIGTERM", p.Name, grace)
	}
	if !p.cmd.ProcessState.Success() {
		return fmt.Errorf("%s: %v\n%s", p.Name, p.cmd.ProcessState, p.Tail(10))
	}
	return nil
}

func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.done
}

// Tail is the end of what it said.
func (p *Process) Tail(lines int) string {
	text, _ := os.ReadFile(p.Log)
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
