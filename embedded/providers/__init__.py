"""Stand-ins for provider plugins that cannot be had; they serve embedded clusters only."""
