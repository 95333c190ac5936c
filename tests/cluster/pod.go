package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

const (
	readyPeriod = 500 * time.Millisecond
	// As Kubernetes has it: so many failures in a row are one.
	failureThreshold = 3
	sidecarPort      = 9788
	proxyPort        = 9786
)

// Pod is the processes of one pod: an MCP server on loopback and its sidecar on the pod's address.
// All pods share one network namespace, so that servers differ in their ports. It lives in a
// goroutine of its own.
type Pod struct {
	kubelet    *Kubelet
	object     *corev1.Pod
	IP         netip.Addr
	serverPort int
	directory  string

	going     chan struct{} // closed when it is to go
	goingOnce sync.Once
	grace     time.Duration // written before `going` is closed

	server, sidecar *Process
	wasReady        bool
}

func (p *Pod) goAway(graceSeconds int64) {
	p.goingOnce.Do(func() {
		p.grace = time.Duration(graceSeconds) * time.Second
		close(p.going)
	})
}

func (p *Pod) live(ctx context.Context) {
	start, end := p.start, p.end
	if isWritten(p.object) {
		start, end = p.startWritten, p.endWritten
	}
	err := start()
	if err == nil {
		err = p.serve(ctx)
	}
	if err == nil {
		err = end()
	}
	// A pod that goes as it comes may have had nothing to drain yet.
	if err != nil && (p.wasReady || !p.isGoing()) {
		p.kubelet.fault(p.object.Name, err)
	}
	for _, process := range []*Process{p.server, p.sidecar} {
		if process != nil && !process.HasEnded() {
			process.Kill()
		}
	}
	select {
	case <-ctx.Done():
	case <-p.going:
		p.forget(ctx)
	}
}

func (p *Pod) isGoing() bool {
	select {
	case <-p.going:
		return true
	default:
		return false
	}
}

// serve returns when the pod is to go, or why it cannot live on.
func (p *Pod) serve(ctx context.Context) error {
	ready, failures := false, 0
	p.tell(ctx, ready)
	tick := time.NewTicker(readyPeriod)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.going:
			go p.tellUnready(ctx)
			return nil
		case <-tick.C:
		}
		for _, process := range []*Process{p.server, p.sidecar} {
			if process != nil && process.HasEnded() {
				p.tell(ctx, false)
				return fmt.Errorf("%s has ended: %s", process.Name, process.Tail(5))
			}
		}
		failures++
		if p.isReady(ctx) {
			failures = 0
			p.wasReady = true
		}
		if is := failures == 0 || ready && failures < failureThreshold; is != ready {
			ready = is
			p.tell(ctx, ready)
		}
	}
}

// tellUnready watches a pod that goes, and tells when it is no longer ready.
func (p *Pod) tellUnready(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, p.grace)
	defer cancel()
	for tick := time.NewTicker(readyPeriod / 5); p.isReady(ctx); {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
	p.tell(ctx, false)
}

func (p *Pod) admin() string { return "unix:" + filepath.Join(p.directory, "admin.sock") }

func (p *Pod) start() error {
	if err := os.MkdirAll(p.directory, 0o755); err != nil {
		return err
	}
	image := p.object.Spec.Containers[0].Image
	program := p.kubelet.programs.Servers[image]
	if program == "" {
		return fmt.Errorf("no image %q", image)
	}
	config := fmt.Sprintf(`http: {listen: "%[1]v:%[2]d"}
admin: {listen: "%[3]s"}
probe:
  interval: 5s
  retry_interval: 500ms
  timeout: 4s
  targets: [{name: in-pod, url: "http://127.0.0.1:%[4]d/mcp"}]
proxy:
  server: mcp-server
  listen: "%[1]v:%[5]d"
  upstream: "http://127.0.0.1:%[4]d"
  host_header: upstream
  drain: {lame_duck: 2s, timeout: 8s}
`, p.IP, sidecarPort, p.admin(), p.serverPort, proxyPort)
	file := filepath.Join(p.directory, "mcp-vitals.yml")
	if err := os.WriteFile(file, []byte(config), 0o644); err != nil {
		return err
	}
	var err error
	p.sidecar, err = Start(p.directory, "sidecar", []string{
		"POD_NAME=" + p.object.Name, "POD_UID=" + string(p.object.UID),
		"POD_NAMESPACE=" + p.object.Namespace, "NODE_NAME=" + nodeName,
		"POD_REVISION=" + p.object.Labels["pod-template-hash"],
	}, 0, p.kubelet.programs.Sidecar, "run", "--config", file)
	if err != nil {
		return err
	}
	p.server, err = Start(p.directory, "server", nil, 0, program, "--port",
		fmt.Sprint(p.serverPort))
	return err
}

func (p *Pod) get(ctx context.Context, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet,
		fmt.Sprintf("http://%v:%d%s", p.IP, sidecarPort, path), nil)
	if err != nil {
		return err
	}
	request.Close = true
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return nil
}

func (p *Pod) isReady(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return p.get(ctx, "/-/ready") == nil
}

// tell writes the pod's status. A pod that has gone meanwhile needs none.
func (p *Pod) tell(ctx context.Context, ready bool) {
	is := corev1.ConditionFalse
	if ready {
		is = corev1.ConditionTrue
	}
	now := metav1.Now()
	status := corev1.PodStatus{
		Phase: corev1.PodRunning, PodIP: p.IP.String(), StartTime: &now,
		PodIPs: []corev1.PodIP{{IP: p.IP.String()}},
	}
	for _, kind := range []corev1.PodConditionType{corev1.PodInitialized, corev1.PodReady,
		corev1.ContainersReady} {
		value := is
		if kind == corev1.PodInitialized {
			value = corev1.ConditionTrue
		}
		status.Conditions = append(status.Conditions,
			corev1.PodCondition{Type: kind, Status: value, LastTransitionTime: now})
	}
	for _, container := range p.object.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses, corev1.ContainerStatus{
			Name: container.Name, Image: container.Image, Ready: ready,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: now}}})
	}
	body, _ := json.Marshal(map[string]any{"status": status})
	p.kubelet.plane.Client.CoreV1().Pods(p.object.Namespace).Patch(ctx, p.object.Name,
		types.StrategicMergePatchType, body, metav1.PatchOptions{}, "status")
}

// end is what a kubelet does: the preStop hooks of both containers at once, the server's SIGTERM
// after its own hook, the sidecar's when the server is gone; and all of it within the grace period.
func (p *Pod) end() error {
	grace, cancel := context.WithTimeout(context.Background(), p.grace)
	defer cancel()
	drained := make(chan error, 1)
	go func() {
		out, err := exec.CommandContext(grace, p.kubelet.programs.Sidecar, "drain", "--admin",
			p.admin()).CombinedOutput()
		if err != nil {
			err = fmt.Errorf("preStop, mcp-vitals drain: %v: %s", err, out)
		}
		drained <- err
	}()
	waited := p.get(grace, "/drain/wait")
	if waited != nil {
		waited = fmt.Errorf("preStop, GET /drain/wait: %w", waited)
	}
	p.server.Stop(time.Until(deadlineOf(grace))) // how it ends is its own affair
	return errors.Join(<-drained, waited, p.sidecar.Stop(time.Until(deadlineOf(grace))))
}

// forget has the API server remove the pod: its processes have ended.
func (p *Pod) forget(ctx context.Context) {
	now := int64(0)
	uid := p.object.UID
	p.kubelet.plane.Client.CoreV1().Pods(p.object.Namespace).Delete(ctx, p.object.Name,
		metav1.DeleteOptions{GracePeriodSeconds: &now,
			Preconditions: &metav1.Preconditions{UID: &uid}})
}

func deadlineOf(ctx context.Context) time.Time {
	deadline, _ := ctx.Deadline()
	return deadline
}
