package cluster

import (
	"context"
	_ "embed"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

//go:embed manifests/written.sh
var writtenScript string

// isWritten tells pods whose container brings its own command: these run as the manifest says, with
// its environment and files, in a network and a root of their own. Others hold an MCP server.
func isWritten(pod *corev1.Pod) bool { return len(pod.Spec.Containers[0].Command) > 0 }

// writtenIP is for a pod with a network of its own, `count` of the kubelet's.
func writtenIP(count int) netip.Addr { return netip.AddrFrom4([4]byte{10, 78, 0, byte(1 + count%254)}) }

func (p *Pod) startWritten() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	container := p.object.Spec.Containers[0]
	root := filepath.Join(p.directory, "root")
	for _, folder := range []string{"usr", "proc", "dev", "image", "etc"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o755); err != nil {
			return err
		}
	}
	resolv := fmt.Sprintf("nameserver %s\nsearch %s.svc.cluster.local svc.cluster.local cluster.local\n"+
		"options ndots:5\n", dnsIP, p.object.Namespace)
	if err := os.WriteFile(filepath.Join(root, "etc/resolv.conf"), []byte(resolv), 0o644); err != nil {
		return err
	}
	for _, mount := range container.VolumeMounts {
		if err := p.mount(ctx, mount, filepath.Join(root, mount.MountPath)); err != nil {
			return fmt.Errorf("volume %s: %w", mount.Name, err)
		}
	}
	environment := []string{"POD_IP=" + p.IP.String(), "POD_ROOT=" + root,
		"IMAGE=" + p.kubelet.programs.Sidecar, fmt.Sprintf("POD_USER=%d:%d",
			*p.object.Spec.SecurityContext.RunAsUser, *p.object.Spec.SecurityContext.RunAsGroup)}
	for _, variable := range container.Env {
		value, err := p.valueOf(variable)
		if err != nil {
			return err
		}
		environment = append(environment, variable.Name+"="+value)
	}
	if err := os.Chmod(p.directory, 0o755); err != nil {
		return err
	}
	var err error
	p.server, err = StartApart(p.directory, container.Name, environment, "sh",
		append([]string{"-c", writtenScript, "sh"}, append(container.Command, container.Args...)...)...)
	if err != nil {
		return err
	}
	return p.link(p.server.PID())
}

// link gives the network of a process the pod's address. Its other end is this machine, with all of
// the other pods.
func (p *Pod) link(pid int) error {
	name := fmt.Sprintf("pod%d", p.IP.As4()[3])
	for _, command := range [][]string{
		{"link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", fmt.Sprint(pid)},
		{"link", "set", name, "up"},
		{"route", "add", p.IP.String(), "dev", name, "src", hostIP},
	} {
		if err := ip(command...); err != nil {
			return err
		}
	}
	return nil
}

// mount writes what a volume has into `folder`. What it names must be there: nothing is waited for.
func (p *Pod) mount(ctx context.Context, mount corev1.VolumeMount, folder string) error {
	files, mode := map[string][]byte{}, fs.FileMode(0o644)
	core := p.kubelet.plane.Client.CoreV1()
	for _, volume := range p.object.Spec.Volumes {
		switch {
		case volume.Name != mount.Name:
		case volume.ConfigMap != nil:
			object, err := core.ConfigMaps(p.object.Namespace).Get(ctx, volume.ConfigMap.Name, metav1.GetOptions{})
			if err != nil {
				return err
			}
			for name, text := range object.Data {
				files[name] = []byte(text)
			}
		case volume.Secret != nil:
			object, err := core.Secrets(p.object.Namespace).Get(ctx, volume.Secret.SecretName, metav1.GetOptions{})
			if err != nil {
				return err
			}
			files, mode = object.Data, fs.FileMode(*volume.Secret.DefaultMode)
		}
	}
	if len(files) == 0 {
		return fmt.Errorf("neither a ConfigMap nor a Secret, or empty")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, text := range files {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, text, mode); err != nil {
			return err
		}
		if group := p.object.Spec.SecurityContext.FSGroup; group != nil {
			if err := os.Chown(file, 0, int(*group)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *Pod) valueOf(variable corev1.EnvVar) (string, error) {
	if variable.ValueFrom == nil {
		return variable.Value, nil
	}
	if field := variable.ValueFrom.FieldRef; field != nil {
		switch field.FieldPath {
		case "metadata.name":
			return p.object.Name, nil
		case "metadata.uid":
			return string(p.object.UID), nil
		case "metadata.namespace":
			return p.object.Namespace, nil
		case "spec.nodeName":
			return p.object.Spec.NodeName, nil
		}
	}
	return "", fmt.Errorf("the tests' kubelet cannot tell %s", variable.Name)
}

func (p *Pod) endWritten() error { return p.server.Stop(p.grace) }
