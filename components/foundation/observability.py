"""Dashboards and alerts as objects: what every component brings so that it can be watched."""

import json
from typing import Any

import yaml

from components.foundation.component import Manifest
from components.foundation.workload import Workload, config_map

__all__ = ["alert", "manifests"]

RUNBOOKS = "https://github.com/bedplate/bedplate/blob/main/docs/runbooks.md"


def alert(name: str, expression: str, *, minutes: int, severity: str, summary: str) -> dict[str, Any]:
    """Return one Prometheus alerting rule with its runbook line."""
    return {
        "alert": name,
        "expr": expression,
        "for": f"{minutes}m",
        "labels": {"severity": severity},
        "annotations": {"summary": summary, "runbook_url": f"{RUNBOOKS}#{name.lower()}"},
    }


def manifests(workload: Workload) -> dict[str, Manifest]:
    """Return the dashboard (found by Grafana's sidecar) and the alerts as ConfigMaps, by role."""
    dashboard = config_map(
        workload, "dashboard", {f"{workload.name}.json": _dashboard(workload)}, {"grafana_dashboard": "1"}
    )
    rules = config_map(workload, "alerts", {f"{workload.name}.yaml": _rules(workload)}, {"bedplate.dev/alerts": "1"})
    return {"alerts": rules, "dashboard": dashboard}


def _rules(workload: Workload) -> str:
    groups = [{"name": workload.name, "rules": list(workload.alerts)}]
    return yaml.safe_dump({"groups": groups}, sort_keys=False)


def _dashboard(workload: Workload) -> str:
    panels = [
        {
            "id": number,
            "title": title,
            "type": "timeseries",
            "gridPos": {"h": 8, "w": 12, "x": 12 * ((number - 1) % 2), "y": 8 * ((number - 1) // 2)},
            "targets": [{"expr": expression, "refId": "A"}],
        }
        for number, (title, expression) in enumerate(workload.dashboard.items(), 1)
    ]
    board = {"uid": workload.name, "title": workload.name, "schemaVersion": 39, "panels": panels}
    return json.dumps(board, indent=1, sort_keys=True)
