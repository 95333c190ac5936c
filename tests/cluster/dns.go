package cluster

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

const zone = ".svc.cluster.local."

// ServeDNS answers as a cluster's DNS does for its Services, over UDP, until the program ends:
// `lookup` gives the addresses of NAME.NAMESPACE and whether there is such a Service. A Service
// without addresses is a name without records, and what is no Service does not exist.
func ServeDNS(lookup func(service string) ([]netip.Addr, bool)) error {
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(dnsIP), Port: 53})
	if err != nil {
		return fmt.Errorf("DNS server: %w", err)
	}
	go func() {
		buffer := make([]byte, 4096)
		for {
			size, from, err := socket.ReadFromUDPAddrPort(buffer)
			if err != nil {
				return
			}
			if answer, err := answerDNS(buffer[:size], lookup); err == nil {
				socket.WriteToUDPAddrPort(answer, from)
			}
		}
	}()
	return nil
}

func answerDNS(query []byte, lookup func(string) ([]netip.Addr, bool)) ([]byte, error) {
	var parser dnsmessage.Parser
	header, err := parser.Start(query)
	if err != nil {
		return nil, err
	}
	question, err := parser.Question()
	if err != nil {
		return nil, err
	}
	reply := dnsmessage.Message{
		Header: dnsmessage.Header{ID: header.ID, Response: true, Authoritative: true,
			RecursionDesired: header.RecursionDesired, RecursionAvailable: true},
		Questions: []dnsmessage.Question{question},
	}
	service, ours := strings.CutSuffix(strings.ToLower(question.Name.String()), zone)
	addresses, known := lookup(service)
	if !ours || !known {
		reply.RCode = dnsmessage.RCodeNameError
		return reply.Pack()
	}
	if question.Type == dnsmessage.TypeA {
		for _, address := range addresses {
			reply.Answers = append(reply.Answers, dnsmessage.Resource{
				// CoreDNS' default of five seconds.
				Header: dnsmessage.ResourceHeader{Name: question.Name, Class: question.Class, TTL: 5},
				Body:   &dnsmessage.AResource{A: address.As4()},
			})
		}
	}
	return reply.Pack()
}
