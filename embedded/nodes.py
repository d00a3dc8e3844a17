"""Simulated nodes shaped by an environment's node pools; KWOK keeps them and their pods alive."""

from components.foundation.units import amount
from embedded.kube import Client, Object
from environments.instance_types import InstanceType, instance_types
from environments.model import Environment, NodePool

__all__ = ["POOL_LABEL", "manifests", "reconcile"]

MANAGER = "bedplate-embedded"
POOL_LABEL = "bedplate.dev/node-pool"
_PODS = 110  # kubelet's default --max-pods
_RESERVED_MEMORY = 2**30  # roughly what EKS reserves on an 8-vCPU node (awslabs/amazon-eks-ami, kubelet reserve)


def manifests(environment: Environment) -> list[Object]:
    """Return one Node per machine that the pools start with; a pool of zero gets one, so that it can be rehearsed."""
    table = instance_types()
    return [
        _node(pool, table[pool.instance_type], index)
        for pool in environment.cluster.node_pools
        for index in range(max(pool.min, 1))
    ]


def _node(pool: NodePool, machine: InstanceType, index: int) -> Object:
    name = f"{pool.name}-{index}"
    capacity = {
        "cpu": str(machine.vcpu),
        "memory": str(int(amount(machine.memory))),
        "ephemeral-storage": "100Gi",
        "pods": str(_PODS),
    }
    labels = {
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": pool.instance_type,
        "topology.kubernetes.io/region": "local",
        "topology.kubernetes.io/zone": f"local-{'abc'[index % 3]}",
        POOL_LABEL: pool.name,
    }
    if machine.gpu:
        capacity["nvidia.com/gpu"] = str(machine.gpu.count)
        # The labels of NVIDIA's GPU feature discovery.
        labels |= {
            "nvidia.com/gpu.present": "true",
            "nvidia.com/gpu.product": f"NVIDIA-{machine.gpu.model.upper()}",
            "nvidia.com/gpu.count": str(machine.gpu.count),
            "nvidia.com/gpu.memory": str(int(amount(machine.gpu.memory) // 2**20)),
        }
    allocatable = capacity | {"memory": str(int(amount(machine.memory)) - _RESERVED_MEMORY)}
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": labels | pool.labels,
            "annotations": {"kwok.x-k8s.io/node": "fake", "node.alpha.kubernetes.io/ttl": "0"},
        },
        "spec": {"taints": [taint.model_dump() for taint in pool.taints]},
        "status": {"capacity": capacity, "allocatable": allocatable},
    }


def reconcile(client: Client, environment: Environment) -> None:
    """Make the cluster's simulated nodes those of the environment."""
    wanted = {node["metadata"]["name"]: node for node in manifests(environment)}
    present = {
        node["metadata"]["name"]: node for node in client.list(client.kind("v1", "Node"), labelSelector=POOL_LABEL)
    }
    for name in present.keys() - wanted.keys():
        client.delete(present[name])
    for name, node in wanted.items():
        resized = name in present and present[name]["status"].get("capacity") != node["status"]["capacity"]
        if resized:
            client.delete(node)
        if name not in present or resized:
            client.request("POST", "/api/v1/nodes", node, params={"fieldManager": MANAGER})
        elif _differs(present[name], node):
            client.request("PUT", f"/api/v1/nodes/{name}", _updated(present[name], node))


def _differs(live: Object, wanted: Object) -> bool:
    labels = wanted["metadata"]["labels"].items() <= live["metadata"]["labels"].items()
    return not labels or _own_taints(live) != _own_taints(wanted)


def _own_taints(node: Object) -> list[tuple[str, str, str]]:
    """Return the taints that are not Kubernetes' own conditions."""
    taints = node["spec"].get("taints", [])
    own = [one for one in taints if not one["key"].startswith("node.kubernetes.io/")]
    return sorted((one["key"], one.get("value", ""), one["effect"]) for one in own)


def _updated(live: Object, wanted: Object) -> Object:
    kept = [one for one in live["spec"].get("taints", []) if one["key"].startswith("node.kubernetes.io/")]
    spec = live["spec"] | {"taints": [*kept, *wanted["spec"]["taints"]]}
    metadata = live["metadata"] | {"labels": live["metadata"]["labels"] | wanted["metadata"]["labels"]}
    return live | {"spec": spec, "metadata": metadata}
