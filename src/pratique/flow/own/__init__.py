"""The organisation's own index: what is published to this gate, signed, yanked and deleted."""
