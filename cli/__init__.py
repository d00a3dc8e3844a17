"""The `bedplate` command, one file per verb."""
