"""The processes of the embedded cluster: a table of commands, in the order they start."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded.paths import Paths
from embedded.pki import Pki
from embedded.ports import HOST
from embedded.toolchain import Toolchain

__all__ = ["MARK", "Process", "argo_cd", "control_plane"]

MARK = "BEDPLATE_CLUSTER"
"""Environment variable by which a cluster's processes are recognised: the cluster's folder."""

_SERVICE_RANGE = "10.96.0.0/16"
_GO_MEMORY = "256MiB"
"""Soft heap limit (Go's GOMEMLIMIT) of each Argo CD process: budget of the whole cluster is 1.2 GiB."""


@dataclass(frozen=True)
class Process:
    """One process: its command, environment, and the address that says it is ready."""

    name: str
    command: tuple[str, ...]
    ready: str
    environment: dict[str, str] = field(default_factory=dict)


def control_plane(paths: Paths, tools: Toolchain, pki: Pki, ports: dict[str, int], *, durable: bool) -> list[Process]:
    """List etcd, the API server, its controllers, the scheduler and KWOK."""
    return [
        _etcd(paths, tools, pki, ports, durable=durable),
        _apiserver(tools, pki, ports),
        _controller_manager(paths, tools, pki, ports),
        _scheduler(paths, tools, ports),
        _kwok(paths, tools, ports),
    ]


def _etcd(paths: Paths, tools: Toolchain, pki: Pki, ports: dict[str, int], *, durable: bool) -> Process:
    client = f"https://{HOST}:{ports['etcd']}"
    peer = f"http://{HOST}:{ports['etcd-peer']}"
    command = [
        tools["etcd"],
        "--name=bedplate",
        f"--data-dir={paths.cluster / 'etcd'}",
        f"--listen-client-urls={client}",
        f"--advertise-client-urls={client}",
        f"--listen-peer-urls={peer}",
        f"--initial-advertise-peer-urls={peer}",
        f"--initial-cluster=bedplate={peer}",
        f"--cert-file={pki.cert('server')}",
        f"--key-file={pki.key('server')}",
        "--client-cert-auth",
        f"--trusted-ca-file={pki.cert('ca')}",
        "--auto-compaction-retention=1h",
        "--quota-backend-bytes=2147483648",
        "--logger=zap",
        "--log-level=warn",
    ]
    if not durable:
        command.append("--unsafe-no-fsync")
    return Process("etcd", _words(command), f"https://{HOST}:{ports['etcd']}/health")


def _apiserver(tools: Toolchain, pki: Pki, ports: dict[str, int]) -> Process:
    port = ports["kube-apiserver"]
    command = [
        tools["kube-apiserver"],
        f"--etcd-servers=https://{HOST}:{ports['etcd']}",
        f"--etcd-cafile={pki.cert('ca')}",
        f"--etcd-certfile={pki.cert('etcd-client')}",
        f"--etcd-keyfile={pki.key('etcd-client')}",
        f"--bind-address={HOST}",
        f"--advertise-address={HOST}",
        f"--secure-port={port}",
        f"--tls-cert-file={pki.cert('server')}",
        f"--tls-private-key-file={pki.key('server')}",
        f"--client-ca-file={pki.cert('ca')}",
        f"--kubelet-client-certificate={pki.cert('kubelet-client')}",
        f"--kubelet-client-key={pki.key('kubelet-client')}",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={pki.folder / 'service-account.pub'}",
        f"--service-account-signing-key-file={pki.key('service-account')}",
        f"--service-cluster-ip-range={_SERVICE_RANGE}",
        "--authorization-mode=Node,RBAC",
        "--anonymous-auth=false",
        "--allow-privileged",
        "--profiling=false",
        "--endpoint-reconciler-type=none",
        "--enable-priority-and-fairness=false",
    ]
    # Collecting garbage at half the default growth keeps it near 300 MB instead of 550.
    return Process("kube-apiserver", _words(command), f"https://{HOST}:{port}/readyz", {"GOGC": "50"})


def _controller_manager(paths: Paths, tools: Toolchain, pki: Pki, ports: dict[str, int]) -> Process:
    kubeconfig = paths.cluster / "kube-controller-manager.kubeconfig"
    port = ports["kube-controller-manager"]
    command = [
        tools["kube-controller-manager"],
        f"--kubeconfig={kubeconfig}",
        f"--bind-address={HOST}",
        f"--secure-port={port}",
        f"--cert-dir={paths.cluster / 'controller-manager'}",
        f"--root-ca-file={pki.cert('ca')}",
        f"--service-account-private-key-file={pki.key('service-account')}",
        f"--service-cluster-ip-range={_SERVICE_RANGE}",
        "--use-service-account-credentials",
        "--leader-elect=false",
        "--profiling=false",
        "--concurrent-deployment-syncs=10",
        # The defaults (20 and 30) make the garbage collector delete twenty objects a second.
        "--kube-api-qps=500",
        "--kube-api-burst=1000",
        "--controllers=*,-node-ipam-controller",
        # Volumes of simulated pods are empty folders on this host (embedded/storage.py).
        "--enable-hostpath-provisioner",
    ]
    return Process("kube-controller-manager", _words(command), f"tcp://{HOST}:{port}")


def _scheduler(paths: Paths, tools: Toolchain, ports: dict[str, int]) -> Process:
    port = ports["kube-scheduler"]
    command = [
        tools["kube-scheduler"],
        f"--kubeconfig={paths.cluster / 'kube-scheduler.kubeconfig'}",
        f"--bind-address={HOST}",
        f"--secure-port={port}",
        f"--cert-dir={paths.cluster / 'scheduler'}",
        "--leader-elect=false",
        "--profiling=false",
    ]
    return Process("kube-scheduler", _words(command), f"tcp://{HOST}:{port}")


def _kwok(paths: Paths, tools: Toolchain, ports: dict[str, int]) -> Process:
    command = [
        tools["kwok"],
        f"--kubeconfig={paths.kubeconfig}",
        "--manage-all-nodes=false",
        "--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake",
        f"--node-ip={HOST}",
        f"--server-address={HOST}:{ports['kwok']}",
        *(f"--config={file}" for file in tools.assets("kwok")),
    ]
    return Process("kwok", _words(command), f"tcp://{HOST}:{ports['kwok']}")


def argo_cd(paths: Paths, tools: Toolchain, ports: dict[str, int]) -> list[Process]:
    """List Argo CD's cache, repository server and two controllers."""
    folder = paths.cluster / "argocd"
    redis = f"{HOST}:{ports['redis']}"
    repo_server = f"{HOST}:{ports['repo-server']}"
    kubeconfig = f"--kubeconfig={paths.kubeconfig}"
    environment = _argo_cd_environment(paths, tools, folder)
    commands = {
        "repo-server": [
            f"--redis={redis}",
            f"--address={HOST}",
            f"--port={ports['repo-server']}",
            f"--metrics-address={HOST}",
            f"--metrics-port={ports['repo-server-metrics']}",
            "--disable-tls",
            "--client-ca-path=",
        ],
        "application-controller": [
            f"--redis={redis}",
            f"--repo-server={repo_server}",
            "--repo-server-plaintext",
            "--namespace=argocd",
            kubeconfig,
            f"--metrics-port={ports['application-controller-metrics']}",
            "--status-processors=4",
            "--operation-processors=4",
        ],
        "applicationset-controller": [
            f"--argocd-repo-server={repo_server}",
            "--repo-server-plaintext",
            "--namespace=argocd",
            kubeconfig,
            f"--metrics-addr={HOST}:{ports['applicationset-controller-metrics']}",
            f"--probe-addr={HOST}:{ports['applicationset-controller-probe']}",
            f"--webhook-addr={HOST}:{ports['applicationset-controller-webhook']}",
        ],
    }
    ready = {
        "repo-server": f"tcp://{repo_server}",
        "application-controller": f"tcp://{HOST}:{ports['application-controller-metrics']}",
        "applicationset-controller": f"tcp://{HOST}:{ports['applicationset-controller-probe']}",
    }
    processes = [Process("redis", (str(tools["redis"]), redis), f"tcp://{redis}")]
    for name, flags in commands.items():
        words = (str(folder / "bin" / f"argocd-{name}"), "--loglevel=info", *flags)
        processes.append(Process(name, words, ready[name], environment))
    return processes


def _argo_cd_environment(paths: Paths, tools: Toolchain, folder: Path) -> dict[str, str]:
    return {
        "ARGOCD_FAKE_IN_CLUSTER": "true",
        "ARGOCD_GPG_ENABLED": "false",
        "ARGOCD_TLS_DATA_PATH": str(folder / "tls"),
        "ARGOCD_SSH_DATA_PATH": str(folder / "ssh"),
        "ARGOCD_GNUPGHOME": str(folder / "gpg"),
        "GNUPGHOME": str(folder / "gpg"),
        "GOMEMLIMIT": _GO_MEMORY,
        "HOME": str(folder / "home"),
        "HELM_CACHE_HOME": str(folder / "helm"),
        "KUBECONFIG": str(paths.kubeconfig),
        "PATH": f"{folder / 'bin'}:{tools['helm'].parent}:/usr/local/bin:/usr/bin:/bin",
        "TMPDIR": str(folder / "tmp"),
    }


def _words(command: Sequence[object]) -> tuple[str, ...]:
    return tuple(map(str, command))
