"""Pure rules for when an object is ready; each returns what is still missing, or an empty string."""

import json
from collections.abc import Callable
from typing import Any

from embedded.kube import Object

__all__ = ["Rule", "rule_of", "wait_for"]

Rule = Callable[[Object], str]
"""Takes a live object; returns the sentence about what is missing, empty when nothing is."""


def condition(live: Object, name: str) -> dict[str, Any]:
    """Return a condition of an object's status; empty when it has none of that type."""
    conditions = (live.get("status") or {}).get("conditions") or []
    return next((one for one in conditions if one.get("type") == name), {})


def _observed(live: Object) -> bool:
    return bool((live.get("status") or {}).get("observedGeneration", 0) >= live["metadata"].get("generation", 0))


def deployment(live: Object) -> str:
    """Require the new ReplicaSet to be fully rolled out."""
    wanted = live["spec"].get("replicas", 1)
    status = live.get("status") or {}
    if not _observed(live) or status.get("updatedReplicas", 0) < wanted:
        return f"{status.get('updatedReplicas', 0)} of {wanted} updated replicas exist"
    if status.get("availableReplicas", 0) < wanted:
        return f"{status.get('availableReplicas', 0)} of {wanted} replicas are available"
    return "" if status.get("replicas", 0) <= wanted else "old replicas are still running"


def stateful_set(live: Object) -> str:
    """Require every replica to be ready and of the current revision."""
    wanted = live["spec"].get("replicas", 1)
    status = live.get("status") or {}
    if not _observed(live) or status.get("readyReplicas", 0) < wanted:
        return f"{status.get('readyReplicas', 0)} of {wanted} replicas are ready"
    rolling = live["spec"].get("updateStrategy", {}).get("type") != "OnDelete"
    updated = status.get("updatedReplicas", 0) >= wanted or status.get("currentRevision") == status.get(
        "updateRevision"
    )
    return "" if updated or not rolling else f"{status.get('updatedReplicas', 0)} of {wanted} replicas are updated"


def daemon_set(live: Object) -> str:
    """Require a ready pod of the current revision on every node it belongs on."""
    status = live.get("status") or {}
    wanted = status.get("desiredNumberScheduled", 0)
    done = min(status.get("numberReady", 0), status.get("updatedNumberScheduled", 0))
    return "" if _observed(live) and done >= wanted else f"{done} of {wanted} pods are ready"


def job(live: Object) -> str:
    """Require completion."""
    if failed := condition(live, "Failed").get("status") == "True" and condition(live, "Failed"):
        return f"the job failed: {failed.get('message', '')}"
    return "" if condition(live, "Complete").get("status") == "True" else "the job has not completed"


def pod(live: Object) -> str:
    """Require Ready, or success of a pod that ends by itself."""
    if (live.get("status") or {}).get("phase") == "Succeeded" or condition(live, "Ready").get("status") == "True":
        return ""
    scheduled = condition(live, "PodScheduled")
    return scheduled.get("message") or "the pod is not ready"


def service(live: Object) -> str:
    """Require an address of a LoadBalancer; other types are ready at once."""
    if live["spec"].get("type") != "LoadBalancer":
        return ""
    return "" if live.get("status", {}).get("loadBalancer", {}).get("ingress") else "no load balancer address"


def definition(live: Object) -> str:
    """Require a custom resource definition to be served."""
    accepted = condition(live, "NamesAccepted").get("status") == "True"
    established = condition(live, "Established").get("status") == "True"
    return "" if accepted and established else "the definition is not established"


_RULES: dict[str, Rule] = {
    "apps/v1/DaemonSet": daemon_set,
    "apps/v1/Deployment": deployment,
    "apps/v1/StatefulSet": stateful_set,
    "apiextensions.k8s.io/v1/CustomResourceDefinition": definition,
    "batch/v1/Job": job,
    "v1/Pod": pod,
    "v1/Service": service,
}


def rule_of(manifest: Object) -> Rule | None:
    """Return the rule of a kind; None when it is ready as soon as it exists."""
    return _RULES.get(f"{manifest['apiVersion']}/{manifest['kind']}")


def wait_for(expression: str) -> Rule:
    """Return the rule of a pulumi.com/waitFor annotation.

    Args:
        expression: condition=TYPE[=STATUS], jsonpath={PATH}[=VALUE], or a JSON list of these.

    Raises:
        ValueError: It is none of them.
    """
    if expression.lstrip().startswith("["):
        rules = [wait_for(str(one)) for one in json.loads(expression)]
        return lambda live: next((missing for rule in rules if (missing := rule(live))), "")
    form, _, rest = expression.partition("=")
    if form == "condition" and rest:
        name, _, status = rest.partition("=")
        return lambda live: _missing_condition(live, name, status or "True")
    if form == "jsonpath" and rest.startswith("{") and "}" in rest:
        path, _, value = rest[1:].partition("}")
        return _path_rule(path, value.removeprefix("="))
    message = f"waitFor {expression!r} is neither condition=TYPE[=STATUS] nor jsonpath={{PATH}}[=VALUE]"
    raise ValueError(message)


def _missing_condition(live: Object, name: str, status: str) -> str:
    seen = condition(live, name).get("status", "absent")
    return "" if str(seen).lower() == status.lower() else f"condition {name} is {seen}, not {status}"


def _path_rule(path: str, value: str) -> Rule:
    import jsonpath  # noqa: PLC0415 - few resources wait for a path

    compiled = jsonpath.compile("$" + path if not path.startswith("$") else path)

    def rule(live: Object) -> str:
        found = [match.value for match in compiled.finditer(live)]
        if value:
            return "" if value in map(str, found) else f"{path} is {found or 'absent'}, not {value}"
        return "" if found else f"{path} is absent"

    return rule
