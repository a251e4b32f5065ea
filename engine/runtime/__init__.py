"""The durable runtime: drives the pure interpreter over a store, a broker and a clock given as ports."""
