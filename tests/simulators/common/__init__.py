"""What the provider simulators share: sockets, timers, faults, webhooks and control."""
