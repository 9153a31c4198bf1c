"""Events on the deployed bus reach a rule of the company's own."""

from tests.e2e.company import Company
from tests.local_stack.deployed import Deployed


def test_a_rule_receives_what_happened(running: Deployed) -> None:
    company = Company(running, "company", "HoldingsChanged")
    connection_id = running.link("rosa", portfolio=["everyday"])
    (event,) = company.told_of(connection_id)
    assert event["detail-type"] == "HoldingsChanged"
    (account,) = running.api("rosa").items(f"/v1/connections/{connection_id}/accounts")
    assert event["detail"]["account_id"] == account["id"]
