"""HTTP to the providers: one pooled session, one deadline a call, failures in the domain's words.

Exceptions of `requests` contain URLs, and URLs contain secrets: none of them leaves this module,
not even as the cause of another.
"""

import ssl
import time
from collections.abc import Callable
from http.cookiejar import DefaultCookiePolicy

import requests
from msgspec import Struct
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from freshet.adapters.deadlines import DeadlineAdapter, deadline, is_over
from freshet.domain.call_errors import (
    AnswerLost,
    AnswerTooLarge,
    AnswerTooSlow,
    NotReached,
    OutOfTime,
    ProviderAnswer,
)
from freshet.observability import logger

MOST_BYTES = 20_000_000
"""The largest answer that is held, unpacked: some ten times the largest portfolio."""

_CHUNK = 64 * 1024
_TIME_TO_END = 10.0
"""Seconds that a function keeps for what follows a call: to store, to book, to announce."""


class Timeouts(Struct, frozen=True):
    """Seconds to connect and seconds to wait for the answer; together, the whole call's."""

    connect: float
    read: float

    @property
    def whole(self) -> float:
        """Say when a call ends, whatever has come by then."""
        return self.connect + self.read


class Endpoint(Struct, frozen=True, kw_only=True):
    """One operation of a provider: where it is and how long it may take.

    `path` has `{}` for each id in it; a billable one costs money with every success.
    """

    provider: str
    operation: str
    method: str
    path: str
    timeouts: Timeouts
    is_billable: bool = False

    def told(
        self,
        *,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
    ) -> ProviderAnswer:
        """Say what may be told of a call or of its answer."""
        return ProviderAnswer(
            provider=self.provider,
            operation=self.operation,
            status=status,
            code=code,
            request_id=request_id,
        )


class Answer(Struct, frozen=True):
    """What came back, whatever it is."""

    status: int
    headers: requests.structures.CaseInsensitiveDict[str]
    body: bytes


class Transport:
    """Sends one prepared request and gives back its answer; never repeats by itself."""

    def __init__(
        self,
        *,
        time_left: Callable[[], float] = lambda: float("inf"),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Open a session that heeds no environment, keeps no cookies and follows no redirects.

        `time_left` says how many seconds the caller itself has.
        """
        self._time_left, self._tls = time_left, tls
        self._session = _new_session(tls)

    def send(self, endpoint: Endpoint, request: requests.Request) -> Answer:
        """Send once, and be back by the endpoint's deadline.

        Raises OutOfTime and NotReached if it surely never left, AnswerLost if it may have arrived.
        A billable call gets a connection of its own: a pooled one that the other side has closed
        meanwhile would leave us not knowing whether we bought.
        """
        asked = endpoint.told()
        if self._time_left() < endpoint.timeouts.whole + _TIME_TO_END:
            raise OutOfTime
        session = _new_session(self._tls) if endpoint.is_billable else self._session
        started = time.monotonic()
        try:
            with deadline(endpoint.timeouts.whole):
                answer = _exchange(session, endpoint, request)
        finally:
            if endpoint.is_billable:
                session.close()
            seconds = round(time.monotonic() - started, 3)
        if isinstance(answer, Answer):
            _log("Provider answered", asked, seconds, answer)
            return answer
        _log("Provider did not answer", asked, seconds)
        raise answer


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """Name none: where it leads is of no interest, and its body would be read uncapped."""


def _new_session(tls: ssl.SSLContext | None) -> requests.Session:
    session = _Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", DeadlineAdapter(tls))
    session.mount("http://", DeadlineAdapter())
    return session


def _exchange(
    session: requests.Session, endpoint: Endpoint, request: requests.Request
) -> Answer | NotReached | AnswerLost:
    # A failure is given back and raised elsewhere: not even as its context does the other leave.
    asked, timeouts = endpoint.told(), endpoint.timeouts
    try:
        with session.send(
            session.prepare_request(request),
            timeout=(timeouts.connect, timeouts.read),
            allow_redirects=False,
            stream=True,
        ) as response:
            body = _body(response)
            if body is None:
                return AnswerTooLarge(endpoint.told(status=response.status_code))
            return Answer(response.status_code, response.headers, body)
    except requests.RequestException as error:
        if _never_left(error):
            return NotReached(asked)
        return AnswerTooSlow(asked) if is_over() else AnswerLost(asked)


def _body(response: requests.Response) -> bytes | None:
    """Unpack the body piece by piece; None for more than we hold."""
    body = bytearray()
    for piece in response.iter_content(_CHUNK):
        body += piece
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _never_left(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _log(text: str, asked: ProviderAnswer, seconds: float, answer: Answer | None = None) -> None:
    logger.debug(
        text,
        provider=asked.provider,
        operation=asked.operation,
        http_status=None if answer is None else answer.status,
        request_id=None if answer is None else answer.headers.get("X-Request-ID"),
        seconds=seconds,
    )
