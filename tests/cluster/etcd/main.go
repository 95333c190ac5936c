// etcd keeps the control plane's state in memory-like haste: nothing is synced to disk.
//
//	etcd DIRECTORY CLIENT_URL PEER_URL
package main

import (
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	"go.etcd.io/etcd/server/v3/embed"
)

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: etcd DIRECTORY CLIENT_URL PEER_URL")
	}
	config := embed.NewConfig()
	config.Dir = os.Args[1]
	config.LogLevel = "error"
	config.UnsafeNoFsync = true
	config.ListenClientUrls = parse(os.Args[2])
	config.AdvertiseClientUrls = config.ListenClientUrls
	config.ListenPeerUrls = parse(os.Args[3])
	config.AdvertisePeerUrls = config.ListenPeerUrls
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	etcd, err := embed.StartEtcd(config)
	if err != nil {
		log.Fatal(err)
	}
	defer etcd.Close()
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	select {
	case <-stop:
	case err := <-etcd.Err():
		log.Fatal(err)
	}
}

func parse(text string) []url.URL {
	parsed, err := url.Parse(text)
	if err != nil {
		log.Fatal(err)
	}
	return []url.URL{*parsed}
}
