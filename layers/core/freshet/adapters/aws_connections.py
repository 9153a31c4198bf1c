"""Connections to AWS that share one TLS context.

botocore makes a context for each client and parses the whole bundle of authorities again for each
new connection. It lets a handler of its event `before-send` answer in its place; this one sends
as botocore does, and fails in botocore's own words, on which its retries depend.
"""

import ssl
from collections.abc import Mapping
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
    SSLError,
)
from urllib3 import PoolManager, Retry, Timeout
from urllib3 import exceptions as urllib3
from urllib3.util import parse_url

_OTHERWISE = (
    *("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"),
    *("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"),
)


def may_share_tls(environ: Mapping[str, str]) -> bool:
    """Tell whether AWS is reached directly and trusted by the public authorities.

    Where a deployment says otherwise, botocore does by itself what is said.
    """
    return not any(environ.get(name) for name in _OTHERWISE)


class AwsConnections:
    """The pooled connections of one client."""

    def __init__(self, tls: ssl.SSLContext, config: Any) -> None:
        """Take the context of all, and the client's own settings."""
        self._pools = PoolManager(
            ssl_context=tls,
            timeout=Timeout(connect=config.connect_timeout, read=config.read_timeout),
            maxsize=config.max_pool_connections,
        )

    def send(self, request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
        """Answer for botocore; None leaves it what is not encrypted."""
        if not request.url.startswith("https:"):
            return None
        try:
            return self._sent(request)
        except urllib3.SSLError as error:
            raise SSLError(endpoint_url=request.url, error=error) from error
        except urllib3.NewConnectionError as error:
            raise EndpointConnectionError(endpoint_url=request.url, error=error) from error
        except urllib3.ConnectTimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=request.url, error=error) from error
        except urllib3.ReadTimeoutError as error:
            raise ReadTimeoutError(endpoint_url=request.url, error=error) from error
        except urllib3.ProtocolError as error:
            raise ConnectionClosedError(
                error=error, request=request, endpoint_url=request.url
            ) from error
        except urllib3.HTTPError as error:
            raise HTTPClientError(error=error) from error

    # Any: by their stubs, botocore's headers are not those that urllib3 takes and gives.
    def _sent(self, request: Any) -> AWSResponse:
        answer = self._pools.connection_from_url(request.url).urlopen(
            method=request.method,
            url=parse_url(request.url).request_uri,
            body=request.body,
            headers=request.headers,
            retries=Retry(False),
            redirect=False,
            assert_same_host=False,
            preload_content=False,
            decode_content=False,
            enforce_content_length=False,
        )
        headers: Any = answer.headers
        response = AWSResponse(request.url, answer.status, headers, answer)
        if not request.stream_output:
            _ = response.content  # read now, so that what is lost on the way is tried again
        return response
