"""The operator event `doctor`: how the deployment is doing, line by line and as a text."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from freshet.domain.health import Finding, worst_of
from freshet.operations.operator import OperatorAction, OperatorEvent
from freshet.services.examine_deployment import ExamineDependencies, examine


class _Doctor(OperatorEvent):
    """Has everything looked at."""

    operation: Literal["doctor"]


class HealthOperations(Struct, frozen=True):
    """Carries out the event."""

    deps: ExamineDependencies

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give it by name."""
        return {"doctor": self._examine}

    def _examine(self, event: dict[str, Any]) -> dict[str, Any]:
        _Doctor.model_validate(event)
        findings = examine(deps=self.deps)
        return {
            "status": worst_of(findings),
            "lines": [
                {"check": each.check, "status": each.status, "found": each.found}
                | {"to_do": each.to_do}
                for each in findings
            ],
            "text": "\n".join(map(_line, findings)),
        }


def _line(finding: Finding) -> str:
    to_do = f" → {finding.to_do}" if finding.to_do else ""
    return f"{finding.status:<9}  {finding.check}: {finding.found}{to_do}"
