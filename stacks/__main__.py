"""The program of `pulumi up`: loads the environment that the stack is named after and provisions its layers."""

import os
from pathlib import Path

import pulumi

from environments.load import load
from stacks.graph import build
from stacks.layers import Stack, provision

KUBECONFIG = Path(".bedplate") / "cluster" / "kubeconfig"
"""Kubeconfig of the embedded cluster, from the project's root; never the one of the person's shell."""


def main() -> None:
    """Provision the environment."""
    root = Path(os.environ.get("BEDPLATE_ROOT") or Path(__file__).parent.parent).resolve()
    loaded = load(root, pulumi.get_stack())
    build(loaded.environment)
    settings = {
        "kubeconfig": str(root / KUBECONFIG),
        # Only the component's own objects are applied, and a change made to them by hand is to be undone.
        "enablePatchForce": "true",
        "enableConfigMapMutable": "true",
        "enableSecretMutable": "true",
    }
    provider = pulumi.ProviderResource("kubernetes", "cluster", settings, None)
    provision(Stack(loaded, root, pulumi.Config(), provider))


if __name__ == "__main__":
    main()
