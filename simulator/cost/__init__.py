"""Pure cost models: an operator on a device gives seconds, a collective bytes per tier, an activity watts."""
