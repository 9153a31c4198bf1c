"""A batch is worked at once: one record's wait or failure holds no other back."""

import threading
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from freshet.batches import OverlappingProcessor
from freshet.observability import log_context, logger
from tests.patience import standstill_seconds


def _event(*bodies: str) -> dict[str, Any]:
    record = {"eventSource": "aws:sqs", "receiptHandle": "r", "attributes": {}}
    return {"Records": [record | {"messageId": body, "body": body} for body in bodies]}


def _work(handler: Callable[[SQSRecord], None], *bodies: str) -> list[str]:
    answer = process_partial_response(_event(*bodies), handler, OverlappingProcessor())
    return [str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]


def test_records_are_under_way_together_when_a_batch_has_several() -> None:
    everybody = threading.Barrier(3, timeout=standstill_seconds())

    def handle(record: SQSRecord) -> None:
        everybody.wait()

    assert _work(handle, "a", "b", "c") == []


def test_failed_records_alone_come_again_when_others_succeed() -> None:
    def handle(record: SQSRecord) -> None:
        if record.body in "ac":
            raise ValueError(record.body)

    assert sorted(_work(handle, "a", "b", "c")) == ["a", "c"]
    assert sorted(_work(handle, "a", "c")) == ["a", "c"]


def test_log_lines_name_their_own_record_when_several_are_worked() -> None:
    everybody, named = threading.Barrier(3, timeout=standstill_seconds()), {}

    def handle(record: SQSRecord) -> None:
        with log_context(connection_id=record.body):
            everybody.wait()
            named[record.body] = dict(logger.thread_safe_get_current_keys())
            everybody.wait()

    _work(handle, "a", "b", "c")
    assert named == {body: {"connection_id": body} for body in "abc"}


def test_log_context_ends_when_its_work_does() -> None:
    with log_context(connection_id="con_1"):
        pass
    assert logger.thread_safe_get_current_keys() == {}
