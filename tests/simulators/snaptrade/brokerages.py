"""The invented brokerages and their documents."""

from tests.simulators.common.exact_json import Document
from tests.simulators.common.identifiers import fixed_id
from tests.simulators.snaptrade.models import Institution

# What this customer may connect; a test may name others, which then exist for their connections.
SLUGS = ("ACME", "NORTHWIND", "HARBOR", "SANDBOX")


def institution_named(slug: str, name: str | None = None) -> Institution:
    """Return an invented brokerage; the same slug always has the same id."""
    return Institution(fixed_id("institution", slug), slug, name or f"{slug.title()} Brokerage")


def brokerage_document(institution: Institution) -> Document:
    """Return the provider's object for a brokerage."""
    slug = institution.slug.lower()
    logo = f"https://logos.example/{slug}.png"
    return {
        "id": institution.id,
        "slug": institution.slug,
        "name": institution.name,
        "display_name": institution.name,
        "description": f"{institution.name} is an invented brokerage.",
        "aws_s3_logo_url": logo,
        "aws_s3_square_logo_url": logo,
        "url": f"https://{slug}.example",
        "enabled": True,
        "maintenance_mode": False,
        "is_degraded": False,
        "allows_trading": False,
        "brokerage_type": {"id": fixed_id("brokerage type"), "name": "Traditional Brokerage"},
        "allows_fractional_units": True,
        "has_reporting": True,
        "is_real_time_connection": True,
        "exchanges": [],
        "open_url": None,
    }


def institution_document(institution: Institution) -> Document:
    """Return the public catalogue's entry."""
    brokerage = brokerage_document(institution)
    return {
        **{name: brokerage[name] for name in ("slug", "name", "display_name", "description")},
        "website": brokerage["url"],
        "logo_url": brokerage["aws_s3_logo_url"],
        "square_logo_url": brokerage["aws_s3_square_logo_url"],
        "release_stage": "GENERALLY_AVAILABLE",
        "is_paper": institution.slug == "SANDBOX",
        "regions": ["US", "CA"],
        "connection": {"methods": ["CREDENTIALS"], "scopes": ["READ"]},
    }


def brokerages() -> list[Institution]:
    """Return every brokerage the customer may connect."""
    return [institution_named(slug) for slug in SLUGS]
