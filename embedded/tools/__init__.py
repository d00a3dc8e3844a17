"""The pins: one Go module per family of tools, and the table of what each is called."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["FAMILIES", "TOOLS", "Tool", "pinned_version"]

FAMILIES = Path(__file__).parent


@dataclass(frozen=True)
class Tool:
    """One executable.

    Args:
        name: What it is called on PATH.
        family: The folder here whose go.mod pins it.
        package: The Go package of its main function.
        module: The module whose version is the tool's version.
        probe: Arguments that make it print its version; empty when it is never taken from PATH.
        assets: Files of its module to keep beside it, as glob patterns.
        stamps: Linker variables that hold its version; {v} stands for the version.
        patches: (file of its module, text, replacement) laid over the source for the build.
    """

    name: str
    family: str
    package: str
    module: str
    probe: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    patches: tuple[tuple[str, str, str], ...] = ()

    @property
    def version(self) -> str:
        """Return the pinned version without a leading v."""
        return pinned_version(self.family, self.module)


@cache
def _requirements(family: str) -> dict[str, str]:
    text = (FAMILIES / family / "go.mod").read_text()
    return dict(re.findall(r"^(?:require)?\s+(\S+/\S+) v(\S+?)(?: // indirect)?$", text, re.MULTILINE))


def pinned_version(family: str, module: str) -> str:
    """Read a module's version from the family's go.mod."""
    return _requirements(family)[module]


_KUBERNETES = "k8s.io/kubernetes"
_KUBERNETES_STAMPS = (
    "k8s.io/component-base/version.gitVersion=v{v}",
    "k8s.io/component-base/version.gitMajor=1",
    "k8s.io/component-base/version.gitMinor=36",
    "k8s.io/client-go/pkg/version.gitVersion=v{v}",
)
_ARGO_CD = "github.com/argoproj/argo-cd/v3"
_MINIREDIS = "github.com/alicebob/miniredis/v2"
_PULUMI = "github.com/pulumi/pulumi/pkg/v3"

TOOLS = (
    *(
        Tool(name, "kubernetes", f"{_KUBERNETES}/cmd/{name}", _KUBERNETES, probe, stamps=_KUBERNETES_STAMPS)
        for name, probe in (
            ("kube-apiserver", ("--version",)),
            ("kube-controller-manager", ("--version",)),
            ("kube-scheduler", ("--version",)),
            ("kubectl", ("version", "--client")),
        )
    ),
    Tool("etcd", "kubernetes", "go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3", ("--version",)),
    Tool(
        "kwok",
        "kubernetes",
        "sigs.k8s.io/kwok/cmd/kwok",
        "sigs.k8s.io/kwok",
        assets=(
            "kustomize/stage/node/fast/node-*.yaml",
            "kustomize/stage/node/heartbeat/node-*.yaml",
            "kustomize/stage/pod/fast/pod-*.yaml",
        ),
    ),
    Tool(
        "pulumi",
        "pulumi",
        f"{_PULUMI}/cmd/pulumi",
        _PULUMI,
        ("version",),
        stamps=("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{v}",),
    ),
    Tool(
        "argocd",
        "argocd",
        f"{_ARGO_CD}/cmd",
        _ARGO_CD,
        assets=("manifests/crds/*-crd.yaml",),
        stamps=(f"{_ARGO_CD}/common.version={{v}}",),
        # The controller's metrics address has no flag, and nothing here may listen beyond this machine.
        patches=(("controller/appcontroller.go", '"0.0.0.0:%d", metricsPort', '"127.0.0.1:%d", metricsPort'),),
    ),
    Tool(
        "helm",
        "argocd",
        "helm.sh/helm/v3/cmd/helm",
        "helm.sh/helm/v3",
        ("version", "--short"),
        stamps=("helm.sh/helm/v3/internal/version.version=v{v}",),
    ),
    Tool("redis", "redis", ".", _MINIREDIS),
)
