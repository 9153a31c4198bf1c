"""A company's network, told to pip, in the words of uv."""

from pathlib import Path

from tests.requirements.company_network import translated

LISTED = """\
global.cert='/etc/hostname'
global.extra-index-url='https://a.example/simple https://b.example/simple file:///nowhere'
global.index-url='https://mirror.example/simple'
global.proxy='http://proxy.example:3128'
install.find-links='/nowhere'
"""


def test_mirrors_certificates_and_proxies_reach_uv() -> None:
    got = translated(LISTED.replace("/etc/hostname", str(Path(__file__))), {})
    assert got == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "SSL_CERT_FILE": str(Path(__file__)),
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_DEFAULT_INDEX": "https://mirror.example/simple",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "HTTP_PROXY": "http://proxy.example:3128",
    }


def test_what_uv_was_told_itself_stays() -> None:
    told = {"UV_INDEX_URL": "https://own.example/simple", "https_proxy": "http://own.example"}
    got = translated(LISTED, told)
    assert got.items() >= told.items()
    assert not {"UV_DEFAULT_INDEX", "HTTPS_PROXY"} & set(got)
