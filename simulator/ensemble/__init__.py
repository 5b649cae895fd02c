"""Many simulations at once: the same function over many items, on several processes."""
