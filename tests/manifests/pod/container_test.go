package pod

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// image is what a container runs where the manifest does not say it.
type image struct {
	root    string   // where it is chrooted to; "": this machine's
	command []string // in the place of the manifest's
	hasInit bool     // its first process is an init, which hands on SIGTERM: the server is not number 1
	stdin   *os.File // what it waits for before it starts, if anything
}

// container is one of a pod's, which may be started again when it has ended.
type container struct {
	spec   *corev1.Container
	image  image
	fields map[string]string
	log    buffer

	mutex sync.Mutex
	cmd   *exec.Cmd
	ended chan struct{} // closed when what was started last has ended
}

// buffer is written by a process and read by a test.
type buffer struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (b *buffer) Write(text []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.Write(text)
}

func (b *buffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.text.String()
}

const imagePath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// process is a command in the container: its files, user and environment.
func (c *container) process(ctx context.Context, command []string) (*exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = []string{"PATH=" + imagePath}
	for _, variable := range c.spec.Env {
		value := variable.Value
		if from := variable.ValueFrom; from != nil {
			var known bool
			if value, known = c.fields[from.FieldRef.FieldPath]; !known {
				return nil, fmt.Errorf("the downward API has no %s", from.FieldRef.FieldPath)
			}
		}
		cmd.Env = append(cmd.Env, variable.Name+"="+value)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if c.image.root != "" {
		cmd.Dir = "/"
		cmd.Err = os.ErrNotExist
		for _, folder := range filepath.SplitList(imagePath) {
			cmd.Path = filepath.Join(folder, command[0])
			if _, err := os.Stat(c.image.root + cmd.Path); err == nil {
				cmd.Err = nil
				break
			}
		}
		cmd.SysProcAttr.Chroot = c.image.root
	}
	if user := c.spec.SecurityContext; user != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{
			Uid: uint32(*user.RunAsUser), Gid: uint32(*user.RunAsGroup)}
	}
	return cmd, nil
}

func (c *container) start() error {
	command := append(c.image.command, append(c.spec.Command, c.spec.Args...)...)
	cmd, err := c.process(context.Background(), command)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = &c.log, &c.log
	if c.image.stdin != nil {
		cmd.Stdin = c.image.stdin
	}
	if !c.image.hasInit {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWPID
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	c.mutex.Lock()
	c.cmd, c.ended = cmd, ended
	c.mutex.Unlock()
	go func() {
		cmd.Wait()
		close(ended)
	}()
	return nil
}

func (c *container) signal(signal syscall.Signal) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.cmd.Process.Signal(signal)
}

func (c *container) hasEnded() <-chan struct{} {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.ended
}

func (c *container) isOver() bool {
	select {
	case <-c.hasEnded():
		return true
	default:
		return false
	}
}

// stop is SIGTERM, and SIGKILL after `grace`; how it ended.
func (c *container) stop(grace time.Duration) string {
	ended := c.hasEnded()
	c.signal(syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(grace):
		c.signal(syscall.SIGKILL)
		<-ended
	}
	return c.cmd.ProcessState.String()
}
