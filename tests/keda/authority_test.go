package keda

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"
)

// Signs certificates for both sides.
type authority struct {
	t           *testing.T
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pem         string
}

// A certificate and its key as texts.
type identity struct {
	certificate, key string
	serial           *big.Int
}

var serial atomic.Int64

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	a := &authority{t: t, key: newKey(t)}
	template := template(name)
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign
	a.certificate, a.pem = a.sign(template, template, &a.key.PublicKey)
	return a
}

func template(name string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(serial.Add(1)),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func (a *authority) sign(of, parent *x509.Certificate, public *ecdsa.PublicKey) (
	*x509.Certificate, string) {
	a.t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, of, parent, public, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	signed, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return signed, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// One for these hosts; a client's needs none.
func (a *authority) issue(hosts ...string) identity {
	a.t.Helper()
	of := template("mcp-vitals")
	for _, host := range hosts {
		if address := net.ParseIP(host); address != nil {
			of.IPAddresses = append(of.IPAddresses, address)
		} else {
			of.DNSNames = append(of.DNSNames, host)
		}
	}
	key := newKey(a.t)
	_, text := a.sign(of, a.certificate, &key.PublicKey)
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		a.t.Fatal(err)
	}
	return identity{
		certificate: text,
		key:         string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		serial:      of.SerialNumber,
	}
}

// The files that the scaler reads: the section `tls` of its configuration.
type files map[string]any

// `clients` signs those of clients; nil: none is asked for.
func newFiles(t *testing.T, server identity, clients *authority) files {
	t.Helper()
	directory := t.TempDir()
	f := files{
		"cert_file": filepath.Join(directory, "tls.crt"),
		"key_file":  filepath.Join(directory, "tls.key"),
	}
	f.write(t, "cert_file", server.certificate)
	f.write(t, "key_file", server.key)
	if clients != nil {
		f["client_ca_file"] = filepath.Join(directory, "clients.crt")
		f.write(t, "client_ca_file", clients.pem)
	}
	return f
}

// Replaces a file as a whole, as the kubelet and certificate managers do.
func (f files) write(t *testing.T, name, text string) {
	t.Helper()
	file := f[name].(string)
	if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}
