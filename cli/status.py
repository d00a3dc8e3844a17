"""bedplate status: layers, components, pods and services as they are."""

import json as json_module
import sys
from typing import Any

from cli.options import Json, Stack

__all__ = ["status"]


def status(
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Show layers, components, pods and Argo CD's applications. Changes nothing."""
    from cli.session import check
    from cli.summary import objects_by_component
    from embedded import supervise
    from embedded.engine import stacks
    from embedded.kube import connect

    checked = check(stack)
    paths = checked.paths
    counts = objects_by_component(stacks.resources(paths, stack))
    processes = supervise.running(paths)
    data: dict[str, Any] = {
        "environment": stack,
        "cluster": {one.name: one.state for one in processes},
        "components": [
            {
                "layer": node.layer,
                "component": node.capability,
                "backend": node.backend,
                "objects": counts[node.capability],
            }
            for node in checked.graph.nodes
        ],
        "pods": [],
        "applications": {},
    }
    if processes:
        data |= _live(connect(paths.kubeconfig))
    sys.stdout.write(json_module.dumps(data, indent=2) + "\n") if json else _show(data)


def _live(client: Any) -> dict[str, Any]:
    from embedded.applications import list_applications, state_of

    nodes = client.list(client.kind("v1", "Node"))
    simulated = {one["metadata"]["name"] for one in nodes if "kwok.x-k8s.io/node" in one["metadata"]["annotations"]}
    pods = [
        {
            "namespace": one["metadata"]["namespace"],
            "name": one["metadata"]["name"],
            "phase": one.get("status", {}).get("phase", "Unknown"),
            "node": one["spec"].get("nodeName", ""),
            "simulated": one["spec"].get("nodeName", "") in simulated,
        }
        for one in client.list(client.kind("v1", "Pod"), labelSelector="app.kubernetes.io/part-of=bedplate")
    ]
    applications = {one["metadata"]["name"]: state_of(one) for one in list_applications(client)}
    return {"pods": pods, "applications": applications}


def _show(data: dict[str, Any]) -> None:
    from cli.console import show_table, table

    components = table(f"\n{data['environment']}", "layer", "component", "backend", "objects")
    for one in data["components"]:
        components.add_row(one["layer"], one["component"], one["backend"], str(one["objects"]))
    show_table(components)
    if not data["cluster"]:
        sys.stdout.write("the embedded cluster does not run; bedplate up starts it\n")
        return
    pods = table("Pods", "namespace", "name", "phase", "node")
    for one in data["pods"]:
        mark = " (simulated)" if one["simulated"] else ""
        pods.add_row(one["namespace"], one["name"], one["phase"], one["node"] + mark)
    show_table(pods)
    applications = table("Argo CD applications", "name", "state")
    for name, state in data["applications"].items():
        applications.add_row(name, state)
    show_table(applications)
    down = [name for name, state in data["cluster"].items() if state != "RUNNING"]
    sys.stdout.write(f"cluster: {'not running: ' + ', '.join(down) if down else 'all processes run'}\n")
