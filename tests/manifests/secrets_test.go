package manifests

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"
)

// named are the files that a configuration names: secrets, all of them.
var named = regexp.MustCompile(`(\w+_file: *"?)([\w./-]+)`)

// certificate is one that signs itself, with its key; for all that wants one.
var certificate = sync.OnceValues(func() (cert, key []byte) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	cert, err = x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		panic(err)
	}
	if key, err = x509.MarshalPKCS8PrivateKey(private); err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
})

// secret writes what such a file may hold.
func secret(t *testing.T, path string) {
	t.Helper()
	content := []byte("a-token-of-many-characters")
	switch cert, key := certificate(); filepath.Base(path) {
	case "tls.crt", "ca.crt":
		content = cert
	case "tls.key":
		content = key
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}
