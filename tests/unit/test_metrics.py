"""The registry of metrics: names are unique, every entry is used, families name their members."""

import ast
from pathlib import Path

import pytest

from freshet import metrics
from freshet.metric_kinds import CounterFamily
from tests.metric_registry import REGISTRY, names_of

ROOT = Path(__file__).resolve().parents[2]
REGISTRY_MODULE = ROOT / "layers/core/freshet/metrics.py"


def test_no_two_metrics_share_a_name() -> None:
    names = [name for metric in REGISTRY.values() for name in names_of(metric)]
    assert names
    assert len(names) == len(set(names))


def test_constant_of_a_counter_is_named_like_its_metric() -> None:
    odd = {
        constant
        for constant, metric in REGISTRY.items()
        if not isinstance(metric, CounterFamily)
        if not metric.name.startswith(constant.title().replace("_", ""))
    }
    assert odd == set()


def test_every_metric_is_sent_somewhere() -> None:
    used = {
        node.attr if isinstance(node, ast.Attribute) else node.id
        for room in ("layers/core/freshet", "functions")
        for path in (ROOT / room).rglob("*.py")
        if path != REGISTRY_MODULE
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute | ast.Name)
    }
    assert set(REGISTRY) - used == set()


@pytest.mark.parametrize(
    ("family", "word", "name"),
    [
        (metrics.WEBHOOK_RECEIVED_BY_PROVIDER, "plaid", "PlaidWebhookReceived"),
        (metrics.ACCOUNT_DIFFERS, "snaptrade", "SnaptradeAccountDiffers"),
    ],
)
def test_member_of_a_family_is_named_by_its_word(
    family: CounterFamily, word: str, name: str
) -> None:
    member = family.member(word)
    assert (member.name, member.unit, member.sent_by) == (name, family.unit, family.sent_by)
