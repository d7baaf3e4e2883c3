"""Scarce things that processes share: connections, calls a second, circuit breakers."""
