"""What the control interface does in the place of the user in Link."""

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.control_samples import portfolios_in
from tests.simulators.plaid.institutions import institution_with_id
from tests.simulators.plaid.linking import Linking
from tests.simulators.plaid.plain_values import Values
from tests.simulators.plaid.tables import Entry, Path


class LinkControl:
    """One method per control verb; the caller holds the lock."""

    def __init__(self, *, linking: Linking) -> None:
        self._linking = linking

    def entries(self) -> list[Entry]:
        """Return the verbs with their paths."""
        return [
            ("POST", "/link", self.complete_link),
            ("POST", "/link/leave", self.leave_link),
        ]

    def complete_link(self, path: Path, body: Values) -> Document:
        """Act as the user who finishes Link."""
        body.only("link_token", "institution", "portfolio", "keep", "holder")
        token = body.text("link_token")
        keep = None if body.document.get("keep") is None else body.texts("keep")
        institution = institution_with_id(body.text("institution", "ins_acme"))
        portfolios = portfolios_in(body)
        self._linking.choose_accounts(token, keep=keep)
        holder = body.optional_text("holder")
        public_token = self._linking.complete(token, institution, portfolios, holder=holder)
        return {"public_token": public_token}

    def leave_link(self, path: Path, body: Values) -> Document:
        """Act as the user who leaves Link, on their own or because of an error."""
        body.only("link_token", "code")
        return self._linking.leave(body.text("link_token"), code=body.optional_text("code"))
