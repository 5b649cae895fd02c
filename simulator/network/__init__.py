"""Pure network arithmetic: topology, placement, routes, max-min fair rates."""
