"""What every queue must have so that no message is lost, or worked twice at once."""

from tests.template.reading import Node, Template

WORKERS = {
    "WebhookQueue": "ProcessWebhookFunction",
    "RefreshQueue": "RefreshConnectionFunction",
    "SnapshotQueue": "TakeSnapshotsFunction",
}
VISIBILITIES = {"WebhookQueue": 180, "RefreshQueue": 720, "SnapshotQueue": 720}
FOUR_DAYS = 4 * 24 * 3600
FOURTEEN_DAYS = 14 * 24 * 3600


def mapping_of(template: Template, queue: str) -> dict[str, Node]:
    """The properties of the one mapping that reads a queue."""
    arn = {"Fn::GetAtt": [queue, "Arn"]}
    [(function, mapping)] = [
        (function, dict(properties))
        for function, _, properties in template.events("SQS")
        if properties["Queue"] == arn
    ]
    assert function == WORKERS[queue]
    return mapping


def test_there_are_exactly_the_queues_we_know(template: Template) -> None:
    assert set(template.queues) == set(WORKERS)


def test_every_queue_moves_a_poisonous_message_to_its_own_dead_letter_queue(
    template: Template,
) -> None:
    for name, queue in template.queues.items():
        dead = name.replace("Queue", "DeadLetterQueue")
        assert queue["RedrivePolicy"] == {
            "deadLetterTargetArn": {"Fn::GetAtt": [dead, "Arn"]},
            "maxReceiveCount": 5,
        }, name
        assert dead in template.dead_letter_queues


def test_dead_letters_outlive_their_source(template: Template) -> None:
    for name, queue in template.dead_letter_queues.items():
        assert queue["MessageRetentionPeriod"] == FOURTEEN_DAYS, name
    for name, queue in template.queues.items():
        assert queue["MessageRetentionPeriod"] == FOUR_DAYS, name


def test_message_stays_hidden_for_six_runs_of_its_worker(template: Template) -> None:
    for name, queue in template.queues.items():
        timeout = template.functions[WORKERS[name]]["Timeout"]
        window = mapping_of(template, name).get("MaximumBatchingWindowInSeconds", 0)
        assert queue["VisibilityTimeout"] >= 6 * timeout + window, name
        assert queue["VisibilityTimeout"] == VISIBILITIES[name]


def test_every_queue_is_encrypted(template: Template) -> None:
    for name, queue in (template.queues | template.dead_letter_queues).items():
        assert queue["SqsManagedSseEnabled"] is True, name


def test_one_bad_message_does_not_repeat_its_batch(template: Template) -> None:
    for name in template.queues:
        mapping = mapping_of(template, name)
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_expensive_work_comes_in_small_batches_without_waiting_for_them(
    template: Template,
) -> None:
    for name, size in {"RefreshQueue": 2, "SnapshotQueue": 3}.items():
        mapping = mapping_of(template, name)
        assert mapping["BatchSize"] == size, name
        assert mapping["MaximumBatchingWindowInSeconds"] == 0, name


CONCURRENCY = {
    "RefreshQueue": "RefreshConcurrency",
    "SnapshotQueue": "SnapshotConcurrency",
    "WebhookQueue": "WebhookConcurrency",
}


def test_workers_are_bounded(template: Template) -> None:
    assert set(CONCURRENCY) == set(template.queues)
    for name, parameter in CONCURRENCY.items():
        scaling = mapping_of(template, name)["ScalingConfig"]
        assert scaling == {"MaximumConcurrency": {"Ref": parameter}}, name


def test_default_concurrency_is_what_the_rate_limit_can_feed(template: Template) -> None:
    """Little's law: in flight = rate x duration, 1.5 s at SnapTrade, 8 s for Plaid's refresh."""
    default = {name: each.get("Default") for name, each in template.parameters.items()}
    snapshots = mapping_of(template, "SnapshotQueue")["BatchSize"] * default["SnapshotConcurrency"]
    refreshes = mapping_of(template, "RefreshQueue")["BatchSize"] * default["RefreshConcurrency"]
    assert snapshots == int(default["SnapTradeRequestsPerMinute"] / 60 * 1.5)
    assert 0 <= refreshes - default["PlaidRefreshesPerMinute"] / 60 * 8 < 1


def test_no_worker_can_be_bounded_lower_than_aws_accepts(template: Template) -> None:
    for name in CONCURRENCY.values():
        parameter = template.parameters[name]
        assert (parameter["MinValue"], parameter["MaxValue"]) == (2, 1000), name


def test_workers_are_not_also_limited_by_reserved_concurrency(template: Template) -> None:
    """Throttled receives would count, and carry good messages to the dead letters."""
    for name, function in template.functions.items():
        assert "ReservedConcurrentExecutions" not in function, name
