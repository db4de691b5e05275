"""The gate: admit a file, steer a page, serve metadata, inspect a release."""
