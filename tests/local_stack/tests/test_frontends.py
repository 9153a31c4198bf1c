"""The lists of frontends: all that the product accepts, and each of them by name."""

from freshet.config import ApiSettings
from tests.function_variables import FUNCTION_VARIABLES
from tests.local_stack.frontends import PORTS, frontend_parameters


def test_usual_ports_of_both_names_are_let_in() -> None:
    origins = frontend_parameters()["AllowedOrigins"].split(",")
    for port in PORTS:
        assert {f"http://localhost:{port}", f"http://127.0.0.1:{port}"} <= set(origins)
    assert "*" not in "".join(origins)


def test_more_are_named_beside_them() -> None:
    named = frontend_parameters(["http://localhost:9000/"])
    assert "http://localhost:9000" in named["AllowedOrigins"].split(",")
    assert "http://localhost:9000/callback" in named["LinkRedirectUris"].split(",")


def test_the_product_accepts_the_addresses_to_come_back_to() -> None:
    uris = frontend_parameters()["LinkRedirectUris"]
    settings = ApiSettings.from_env({**FUNCTION_VARIABLES, "LINK_REDIRECT_URIS": uris})
    assert set(settings.link_redirect_uris) == set(uris.split(","))
    assert len(uris) < 2_000  # all variables of a function: 4 KB
