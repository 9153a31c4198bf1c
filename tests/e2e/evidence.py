"""All that a run has produced where no secret may be: rows, messages, logs, answers."""

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress

from tests.leaks import joined, rows_content
from tests.local_stack.api_client import ApiAnswer
from tests.local_stack.deployed import Deployed
from tests.simulators.common.identifiers import fixed_id

# What whoever opens a link session is told, this once and in no other answer.
_TOLD_ONCE = ("url", "link_token", "state")
_LOOK_SECONDS = 60  # longer than it takes to see all messages of a queue once
_OPENING = "POST /v1/link-sessions"


def secrets_of(running: Deployed) -> dict[str, str]:
    """Name everything that opens a door."""
    keys = running.snaptrade_settings
    secrets = {
        "consumer key": keys.consumer_key,
        "webhookSecret": "webhookSecret",
        "webhook secret": fixed_id("webhook secret", keys.client_id),
        "Plaid secret": running.plaid_settings.secret,
        # All tokens of users begin alike, and nothing else does.
        "user's token": running.issuer.issue_token("anybody").partition(".")[0],
    }
    secrets |= {f"{_kind(each)} {at}": each for at, each in enumerate(running.given_out())}
    for at, answer in enumerate(_openings(running.answers)):
        told = {name: answer.body.get(name) for name in _TOLD_ONCE}
        secrets |= {f"{name} of session {at}": each for name, each in told.items() if each}
    return secrets


def evidence_of(running: Deployed) -> dict[str, bytes]:
    """Collect what there is to see at this moment, by place."""
    tables = ("ConnectionsTableName", "SnapshotsTableName")
    return {
        "rows": rows_content(row for table in tables for row in running.rows(table, "")),
        "queues": joined(_messages(running)),
        "function logs": joined(_log_events(running)),
        "log of the local AWS": running.stack.log.read_bytes(),
        "answers": joined(_answers(running.answers)),
    }


def _kind(secret: str) -> str:
    kind = secret.partition("-")[0]
    return f"{kind} token" if kind in {"access", "link", "public"} else "SnapTrade's secret"


def _openings(answers: Iterable[tuple[str, ApiAnswer]]) -> Iterator[ApiAnswer]:
    return (answer for request, answer in answers if request == _OPENING and answer.status == 201)


def _answers(answers: Iterable[tuple[str, ApiAnswer]]) -> Iterator[str]:
    for request, answer in answers:
        body = answer.body
        if request == _OPENING and answer.status == 201:
            body = {name: value for name, value in body.items() if name not in _TOLD_ONCE}
        yield json.dumps([answer.headers, body])


def _messages(running: Deployed) -> Iterator[str]:
    """Look at the messages of every queue, dead letters included; they stay where they are."""
    sqs = running.stack.client("sqs")
    for url in sqs.list_queues().get("QueueUrls", []):
        handles = []
        while found := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=_LOOK_SECONDS
        ).get("Messages", []):
            handles += [message["ReceiptHandle"] for message in found]
            yield from (message["Body"] for message in found)
        for handle in handles:
            with suppress(sqs.exceptions.ReceiptHandleIsInvalid):  # the look took too long
                sqs.change_message_visibility(
                    QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0
                )


def _log_events(running: Deployed) -> Iterator[str]:
    running.stack.host.logs.send()
    logs = running.stack.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        for page in logs.get_paginator("filter_log_events").paginate(
            logGroupName=group["logGroupName"]
        ):
            yield from (event["message"] for event in page["events"])
