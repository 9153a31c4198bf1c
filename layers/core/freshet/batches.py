"""The records of a batch, worked at once: while one waits for an answer, others go on."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType


class OverlappingProcessor(BatchProcessor):
    """Works every record of a batch in a thread of its own; batches are small."""

    def __init__(self) -> None:
        """Take SQS records; when all of them fail, all come again, without an error of ours."""
        super().__init__(EventType.SQS, raise_on_entire_batch_failure=False)

    def process(self) -> list[Any]:
        """Call the handler for each record."""
        with ThreadPoolExecutor(max_workers=max(1, len(self.records))) as threads:
            return list(threads.map(self._process_record, self.records))
