package cluster

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
	"time"
)

// Certificates are one authority and one certificate of it, which serves every server and, with
// the organization that may do all, every client. Written as ca.crt, tls.crt and tls.key.
type Certificates struct {
	Directory, CA, Cert, Key string
}

func MakeCertificates(directory string) (Certificates, error) {
	c := Certificates{directory, filepath.Join(directory, "ca.crt"),
		filepath.Join(directory, "tls.crt"), filepath.Join(directory, "tls.key")}
	if err := os.MkdirAll(directory, 0o755); err != nil {
		return c, err
	}
	a, err := newAuthority()
	if err != nil {
		return c, err
	}
	files, err := a.Issue(&x509.Certificate{
		Subject:     pkix.Name{CommonName: clientName, Organization: []string{"system:masters"}},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:    []string{"localhost", metricsAuthority},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	})
	if err != nil {
		return c, err
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(directory, name), text, 0o644); err != nil {
			return c, err
		}
	}
	return c, nil
}

type authority struct {
	certificate *x509.Certificate
	der         []byte
	key         *ecdsa.PrivateKey
	issued      int64
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	certificate := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "cluster tests"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(24 * time.Hour),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, certificate, certificate, &key.PublicKey, key)
	return &authority{certificate, der, key, 1}, err
}

// Issue makes a certificate as ca.crt, tls.crt and tls.key.
func (a *authority) Issue(wanted *x509.Certificate) (map[string][]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	a.issued++
	wanted.SerialNumber = big.NewInt(a.issued)
	wanted.NotBefore, wanted.NotAfter = a.certificate.NotBefore, a.certificate.NotAfter
	wanted.KeyUsage = x509.KeyUsageDigitalSignature
	der, err := x509.CreateCertificate(rand.Reader, wanted, a.certificate, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	text := func(kind string, der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	return map[string][]byte{"ca.crt": text("CERTIFICATE", a.der),
		"tls.crt": text("CERTIFICATE", der), "tls.key": text("EC PRIVATE KEY", keyDER)}, err
}
