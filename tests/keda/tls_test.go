package keda

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/kedacore/keda/v2/pkg/util"
)

const loopback = "127.0.0.1"

// A scaler with a fleet of one that holds two streams.
func newTlsScaler(t *testing.T, tls files) *scaler {
	t.Helper()
	member := newPod(t)
	member.open(2)
	return newScaler(t, tls, member.http)
}

func secured(auth map[string]string) trigger {
	asked := connections(nil)
	asked.auth = auth
	return asked
}

func asClient(ca *authority, client identity) map[string]string {
	return map[string]string{
		"caCert":        ca.pem,
		"tlsClientCert": client.certificate,
		"tlsClientKey":  client.key,
	}
}

func isTwo(a answer) bool { return a.value == 2 }

func TestTls(t *testing.T) {
	t.Parallel()
	ca, stranger := newAuthority(t, "ours"), newAuthority(t, "a stranger's")
	scaler := newTlsScaler(t, newFiles(t, ca.issue(loopback), nil))

	t.Run("with the authority's certificate", func(t *testing.T) {
		keda := scaler.keda(t, secured(map[string]string{"caCert": ca.pem}))
		keda.waitFor("two streams", "connections", isTwo)
		if keda.spec() == nil {
			t.Error("no metric")
		}
	})
	t.Run("with a client certificate that nobody asks for", func(t *testing.T) {
		keda := scaler.keda(t, secured(asClient(ca, stranger.issue())))
		keda.waitFor("two streams", "connections", isTwo)
	})
	t.Run("with another authority's", func(t *testing.T) {
		got := scaler.keda(t, secured(map[string]string{"caCert": stranger.pem})).ask("connections")
		if !got.fails("x509: certificate signed by unknown authority") {
			t.Errorf("KEDA hears: %v", got)
		}
	})
	t.Run("by a name that the certificate does not have", func(t *testing.T) {
		asked := secured(map[string]string{"caCert": ca.pem})
		asked.metadata["scalerAddress"] = fmt.Sprintf("localhost:%d", scaler.port)
		got := scaler.keda(t, asked).ask("connections")
		if !got.fails("x509: certificate is not valid for any names") {
			t.Errorf("KEDA hears: %v", got)
		}
	})
	t.Run("without", func(t *testing.T) {
		if got := scaler.keda(t, connections(nil)).ask("connections"); got.err == nil {
			t.Errorf("KEDA hears: %v", got)
		}
	})
	t.Run("enableTLS alone does not know the authority", func(t *testing.T) {
		asked := connections(map[string]string{"enableTLS": "true"})
		got := scaler.keda(t, asked).ask("connections")
		if !got.fails("x509: certificate signed by unknown authority") {
			t.Errorf("KEDA hears: %v", got)
		}
	})
	t.Run("enableTLS and unsafeSsl", func(t *testing.T) {
		asked := connections(map[string]string{"enableTLS": "true", "unsafeSsl": "true"})
		scaler.keda(t, asked).waitFor("two streams", "connections", isTwo)
	})
	t.Run("pushed", func(t *testing.T) {
		pushed := scaler.listen(t, secured(map[string]string{"caCert": ca.pem}))
		eventually(t, "KEDA hears that it is active", func() bool {
			said := pushed.all()
			return len(said) > 0 && said[0]
		})
	})
}

// KEDA's operator is given authorities for all of its connections by --ca-dir.
func TestEnableTlsAloneIsEnoughWhereKedaKnowsTheAuthority(t *testing.T) {
	ca := newAuthority(t, "KEDA's")
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "ca.crt"), []byte(ca.pem), 0o600); err != nil {
		t.Fatal(err)
	}
	util.SetCACertDirs([]string{directory})
	defer util.SetCACertDirs(nil)
	scaler := newTlsScaler(t, newFiles(t, ca.issue(loopback), nil))
	keda := scaler.keda(t, connections(map[string]string{"enableTLS": "true"}))
	keda.waitFor("two streams", "connections", isTwo)
}

func TestMutualTls(t *testing.T) {
	t.Parallel()
	ca, clients := newAuthority(t, "ours"), newAuthority(t, "the clients'")
	scaler := newTlsScaler(t, newFiles(t, ca.issue(loopback), clients))

	t.Run("with a certificate of the clients' authority", func(t *testing.T) {
		auth := asClient(ca, clients.issue())
		keda := scaler.keda(t, secured(auth))
		keda.waitFor("two streams", "connections", isTwo)
		if keda.spec() == nil {
			t.Error("no metric")
		}
		pushed := scaler.listen(t, secured(auth))
		eventually(t, "KEDA hears that it is active", func() bool {
			said := pushed.all()
			return len(said) > 0 && said[0]
		})
	})
	for about, auth := range map[string]map[string]string{
		"without a certificate":               {"caCert": ca.pem},
		"with one of the server's authority":  asClient(ca, ca.issue()),
		"with one that has signed itself":     asClient(ca, newAuthority(t, "self").issue()),
		"with one, but not knowing the other": asClient(clients, clients.issue()),
	} {
		t.Run(about, func(t *testing.T) {
			keda := scaler.keda(t, secured(auth))
			for range 5 {
				if got := keda.ask("connections"); !got.fails("code = Unavailable ") {
					t.Fatalf("KEDA hears: %v", got)
				}
			}
			if keda.spec() != nil {
				t.Error("a stranger is told the metric")
			}
		})
	}
}
