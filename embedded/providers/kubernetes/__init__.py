"""A stand-in for Pulumi's kubernetes plugin: its documented behaviour over server-side apply."""
