package pod

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	corev1 "k8s.io/api/core/v1"
)

// makeRoot is the sidecar's root file system: this machine's libraries, the program where its image has it,
// and the manifest's volumes, read-only where the manifest says so. It outlives the container's restarts,
// as a pod's volumes do. (The image itself is tested by tests/image.)
func makeRoot(t *testing.T, m *manifest, program string) string {
	root := t.TempDir()
	must(t, os.Chmod(root, 0o755))
	must(t, os.Chmod(filepath.Dir(root), 0o755))
	must(t, syscall.Mount("tmpfs", root, "tmpfs", 0, "mode=0755"))
	t.Cleanup(func() { syscall.Unmount(root, syscall.MNT_DETACH) })
	for _, folder := range []string{"usr", "bin", "etc", "run", "proc"} {
		must(t, os.Mkdir(filepath.Join(root, folder), 0o755))
	}
	for _, library := range []string{"lib", "lib64"} {
		must(t, os.Symlink("usr/"+library, filepath.Join(root, library)))
	}
	bind(t, "/usr", filepath.Join(root, "usr"))
	bind(t, "/proc", filepath.Join(root, "proc"))
	text, err := os.ReadFile(program)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(root, "bin/mcp-vitals"), text, 0o755))

	for _, mount := range m.sidecar().VolumeMounts {
		must(t, os.MkdirAll(filepath.Join(root, mount.MountPath), 0o755))
	}
	if *m.sidecar().SecurityContext.ReadOnlyRootFilesystem {
		readOnly(t, root)
	}
	for _, mount := range m.sidecar().VolumeMounts {
		at := filepath.Join(root, mount.MountPath)
		fill(t, m, volumeOf(t, m, mount.Name), at)
		if mount.ReadOnly {
			readOnly(t, at)
		}
	}
	return root
}

func volumeOf(t *testing.T, m *manifest, name string) corev1.Volume {
	for _, volume := range m.spec().Volumes {
		if volume.Name == name {
			return volume
		}
	}
	t.Fatalf("no volume %s", name)
	return corev1.Volume{}
}

func fill(t *testing.T, m *manifest, volume corev1.Volume, at string) {
	switch {
	case volume.ConfigMap != nil:
		configMap, found := m.configMaps[volume.ConfigMap.Name]
		if !found {
			t.Fatalf("no ConfigMap %s", volume.ConfigMap.Name)
		}
		must(t, syscall.Mount("tmpfs", at, "tmpfs", 0, "mode=0755"))
		for name, text := range configMap.Data {
			must(t, os.WriteFile(filepath.Join(at, name), []byte(text), 0o644))
		}
	case volume.EmptyDir != nil:
		size := strings.ToLower(strings.TrimSuffix(volume.EmptyDir.SizeLimit.String(), "i"))
		must(t, syscall.Mount("tmpfs", at, "tmpfs", 0, "mode=0777,size="+size))
	default:
		t.Fatalf("volume %s is of a kind that is not played", volume.Name)
	}
}

func bind(t *testing.T, from, at string) {
	must(t, syscall.Mount(from, at, "", syscall.MS_BIND|syscall.MS_REC, ""))
}

func readOnly(t *testing.T, at string) {
	must(t, syscall.Mount("", at, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
}
