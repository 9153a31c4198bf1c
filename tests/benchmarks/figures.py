"""Where figures go: beside the tools, or among the tracked ones where asked to keep them."""

import json
import os
from collections.abc import Mapping

from tests.benchmarks.cpu import ROOT

KEEP_VARIABLE = "FRESHET_KEEP_FIGURES"


def keep(part: str, figures: Mapping[str, object]) -> None:
    """Write a part's figures down and say where."""
    kept = ROOT / ".bench" if os.environ.get(KEEP_VARIABLE) else ROOT / ".environments" / "bench"
    kept.mkdir(parents=True, exist_ok=True)
    file = kept / f"{part}.json"
    file.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"figures: {file.relative_to(ROOT)}")
