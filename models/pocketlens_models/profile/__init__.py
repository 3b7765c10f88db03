"""What a model costs: memory by phase, latency and disk, each tower in a fresh process of its own."""
