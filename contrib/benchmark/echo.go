// Go's standard-library JSON-RPC as a yardstick: an echo service on a unix socket.
package main

import (
	"net"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
)

// Echo is the service.
type Echo struct{}

// Ping gives back what it was sent.
func (Echo) Ping(in *map[string]string, out *map[string]string) error {
	*out = *in
	return nil
}

func main() {
	server := rpc.NewServer()
	if err := server.Register(Echo{}); err != nil {
		panic(err)
	}
	listener, err := net.Listen("unix", os.Args[1])
	if err != nil {
		panic(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go server.ServeCodec(jsonrpc.NewServerCodec(connection))
	}
}
