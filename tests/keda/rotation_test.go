package keda

import (
	"crypto/tls"
	"fmt"
	"math/big"
	"os"
	"testing"
)

// The serial number of the certificate that a new connection is shown.
func (s *scaler) shows() *big.Int {
	s.t.Helper()
	connection, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port),
		&tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	if err != nil {
		return nil
	}
	defer connection.Close()
	return connection.ConnectionState().PeerCertificates[0].SerialNumber
}

func (s *scaler) waitUntilItShows(wanted identity) {
	s.t.Helper()
	eventually(s.t, "new connections are shown the new certificate", func() bool {
		shown := s.shows()
		if shown == nil {
			s.t.Fatal("a connection is refused while certificates change")
		}
		return shown.Cmp(wanted.serial) == 0
	})
}

func TestANewCertificateIsTakenUpWithoutARestart(t *testing.T) {
	t.Parallel()
	before, after := newAuthority(t, "the old one"), newAuthority(t, "the new one")
	files := newFiles(t, before.issue(loopback), nil)
	scaler := newTlsScaler(t, files)
	old := scaler.keda(t, secured(map[string]string{"caCert": before.pem}))
	old.waitFor("two streams", "connections", isTwo)
	pushed := scaler.listen(t, secured(map[string]string{"caCert": before.pem}))
	eventually(t, "KEDA hears that it is active", func() bool { return len(pushed.all()) > 0 })

	next := after.issue(loopback)
	files.write(t, "cert_file", next.certificate)
	files.write(t, "key_file", next.key)
	scaler.waitUntilItShows(next)

	// KEDA after its Secret has been changed too, and before.
	scaler.keda(t, secured(map[string]string{"caCert": after.pem})).
		waitFor("two streams", "connections", isTwo)
	if got := old.ask("connections"); !isTwo(got) {
		t.Errorf("over the connection that was there: %v", got)
	}
	if heard := pushed.changes(); len(heard) != 1 {
		t.Errorf("the push has heard %v", heard)
	}
}

// Between two writes, and with files that are no good, the pair that was good stays.
func TestWhatCantBeUsedIsNotTakenUp(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "ours")
	first, next := ca.issue(loopback), ca.issue(loopback)
	files := newFiles(t, first, ca)
	scaler := newTlsScaler(t, files)
	scaler.keda(t, secured(asClient(ca, ca.issue()))).
		waitFor("two streams", "connections", isTwo)

	for _, file := range []string{"client_ca_file", "key_file", "cert_file"} {
		for _, text := range []string{"", "no PEM", first.certificate[:100], next.certificate} {
			if file == "client_ca_file" && text == next.certificate {
				continue // it is one
			}
			files.write(t, file, text)
			for range 3 {
				if shown := scaler.shows(); shown == nil || shown.Cmp(first.serial) != 0 {
					t.Fatalf("with the %s %q new connections are shown %v", file, text, shown)
				}
			}
		}
		os.Remove(files[file].(string))
		if shown := scaler.shows(); shown == nil || shown.Cmp(first.serial) != 0 {
			t.Fatalf("without the %s new connections are shown %v", file, shown)
		}
	}
	files.write(t, "client_ca_file", ca.pem)
	files.write(t, "cert_file", next.certificate)
	files.write(t, "key_file", next.key)
	scaler.waitUntilItShows(next)
	scaler.keda(t, secured(asClient(ca, ca.issue()))).
		waitFor("two streams", "connections", isTwo)
}

func TestANewAuthorityOfTheClientsIsTakenUpWithoutARestart(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t, "ours")
	before, after := newAuthority(t, "the old one"), newAuthority(t, "the new one")
	files := newFiles(t, ca.issue(loopback), before)
	scaler := newTlsScaler(t, files)
	scaler.keda(t, secured(asClient(ca, before.issue()))).
		waitFor("two streams", "connections", isTwo)
	late := scaler.keda(t, secured(asClient(ca, after.issue())))
	if got := late.ask("connections"); got.err == nil {
		t.Errorf("before its authority is known: %v", got)
	}
	files.write(t, "client_ca_file", after.pem)
	late.waitFor("two streams", "connections", isTwo)
	early := scaler.keda(t, secured(asClient(ca, before.issue())))
	if got := early.ask("connections"); got.err == nil {
		t.Errorf("after its authority has gone: %v", got)
	}
}
