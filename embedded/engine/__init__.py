"""Pulumi's engine on this machine: the language host, the commands on PATH, state, locks and recovery."""
