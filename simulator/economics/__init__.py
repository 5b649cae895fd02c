"""Pure arithmetic of prices, amortisation, energy and carbon."""
