"""HTTP to the providers: one pooled session, explicit timeouts, failures in the domain's words.

Exceptions of `requests` contain URLs, and URLs contain secrets: none of them leaves this module,
not even as the cause of another.
"""

import logging
import time
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from freshet.domain.call_errors import AnswerLost, NotReached, ProviderAnswer
from freshet.observability import logger


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect and seconds between two bytes of the answer."""

    connect: float
    read: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever it is."""

    status: int
    headers: requests.structures.CaseInsensitiveDict[str]
    body: bytes


# At DEBUG it writes URLs into the log, and with them users' secrets.
logging.getLogger("urllib3").setLevel(logging.WARNING)


class Transport:
    """Sends one prepared request and gives back its answer; never repeats by itself."""

    def __init__(self) -> None:
        """Open a session that heeds no environment, keeps no cookies and follows no redirects."""
        self._session = _new_session()

    def send(self, endpoint: Endpoint, request: requests.Request) -> Answer:
        """Send once; raises NotReached if it surely never left, AnswerLost if it may have arrived.

        A billable call gets a connection of its own: a pooled one that the other side has closed
        meanwhile would leave us not knowing whether we bought.
        """
        session = _new_session() if endpoint.is_billable else self._session
        asked = endpoint.told()
        timeouts = endpoint.timeouts
        started = time.monotonic()
        failure: NotReached | AnswerLost
        try:
            response = session.send(
                session.prepare_request(request),
                timeout=(timeouts.connect, timeouts.read),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            failure = NotReached(asked) if _never_left(error) else AnswerLost(asked)
        else:
            _log(asked, response, started)
            return Answer(response.status_code, response.headers, response.content)
        finally:
            if endpoint.is_billable:
                session.close()
        _log(asked, None, started)
        raise failure


def _new_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("https://", HTTPAdapter(max_retries=0, pool_maxsize=16))
    session.mount("http://", HTTPAdapter(max_retries=0, pool_maxsize=16))
    return session


def _never_left(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    return isinstance(reason, NewConnectionError | ConnectTimeoutError)


def _log(asked: ProviderAnswer, response: requests.Response | None, started: float) -> None:
    logger.info(
        "Provider answered" if response is not None else "Provider did not answer",
        provider=asked.provider,
        operation=asked.operation,
        status=None if response is None else response.status_code,
        request_id=None if response is None else response.headers.get("X-Request-ID"),
        seconds=round(time.monotonic() - started, 3),
    )
