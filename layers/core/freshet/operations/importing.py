"""The operator event `import_connections`: JSON Lines of existing users, one result for each line.

A line is `{"provider": "…", "user_id": "…", "credential": {…}}`, with the credential in the form of
its provider: `{"user_id": "…", "user_secret": "…"}` at SnapTrade, `{"access_token": "…"}` at Plaid.
Lines stand in the event (`lines`) or in an S3 object (`bucket`, `key`); an operator who gets a
`next_line` invokes again with it as `start_line`.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from msgspec import Struct
from pydantic import Field, ValidationError

from freshet.domain.cadence import Cadence
from freshet.domain.cadence_rules import check_read_every
from freshet.domain.call_errors import CallFailed
from freshet.domain.errors import (
    AlreadyOwned,
    FreshetError,
    InvalidField,
    ProviderNotConfigured,
)
from freshet.domain.provider import Provider
from freshet.operations.operator import (
    CredentialForms,
    OperatorAction,
    OperatorEvent,
    Text,
    UserId,
    provider_named,
    with_credential,
)
from freshet.ports import Clock, TextObjects
from freshet.services.import_connections import ImportDependencies, ImportRow, import_row

_TIME = timedelta(seconds=40)  # `sam remote invoke` waits 60; a line that has begun may take some
_MOST_INLINE = 500
_UNNAMED = ""  # the discovery names what a credential opens


class _Line(OperatorEvent):
    provider: Provider
    user_id: UserId
    credential: Any
    read_every: timedelta = timedelta(hours=24)


class _Import(OperatorEvent):
    operation: Literal["import_connections"]
    lines: Annotated[list[str | dict[str, Any]], Field(max_length=_MOST_INLINE)] | None = None
    bucket: Text | None = None
    key: Annotated[str, Field(min_length=1, max_length=1024)] | None = None
    start_line: Annotated[int, Field(ge=0)] = 0


_CODES: dict[type[Exception], str] = {
    AlreadyOwned: "already_owned",
    ProviderNotConfigured: "provider_not_configured",
    CallFailed: "provider_refused",
    InvalidField: "invalid_field",
}


class Importer(Struct, frozen=True, kw_only=True):
    """Works lines until they end or the time does."""

    deps: ImportDependencies
    credential_forms: CredentialForms
    objects: TextObjects
    clock: Clock

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give its event by name."""
        return {"import_connections": self.run}

    def run(self, event: dict[str, Any]) -> dict[str, Any]:
        """Import lines; raises ValidationError, InvalidField, NotFound for the event itself."""
        wanted = _Import.model_validate(event)
        until = self.clock() + _TIME
        results: list[dict[str, Any]] = []
        lines = self._lines(wanted)
        for number, line in enumerate(lines, start=wanted.start_line):
            if self.clock() > until:
                return {"results": results, "next_line": number}
            results.append({"line": number, **self._result(line)})
        # An object gives some lines at a time; none ends it.
        is_over = wanted.lines is not None or not lines
        return {
            "results": results,
            "next_line": None if is_over else wanted.start_line + len(lines),
        }

    def _lines(self, wanted: _Import) -> list[str | dict[str, Any]]:
        if wanted.lines is not None:
            return wanted.lines[wanted.start_line :]
        if wanted.bucket is None or wanted.key is None:
            raise InvalidField("lines", "or bucket and key must say what to import")
        place = {"bucket": wanted.bucket, "key": wanted.key}
        return list(self.objects.lines(place, start=wanted.start_line))

    def _result(self, line: str | dict[str, Any]) -> dict[str, Any]:
        try:
            row = self._row(line)
            imported = import_row(row, deps=self.deps)
        except ValidationError as error:
            named = "; ".join(_named(each) for each in error.errors())
            return _failed("invalid_field", named)
        except FreshetError as error:
            # One line's trouble is this line's alone; trouble of our own shows in every line.
            return _failed(_code_of(error), _detail_of(error))
        return {
            "status": "imported",
            "connections": [{"id": each.id, "status": each.link.status} for each in imported],
        }

    def _row(self, line: str | dict[str, Any]) -> ImportRow:
        document = line
        if isinstance(line, str):
            try:
                document = json.loads(line)
            except (ValueError, RecursionError):  # nesting without end is no line, either
                raise InvalidField("line", "is no JSON") from None
        name = document.get("provider") if isinstance(document, dict) else None
        provider = provider_named(name)
        if provider is None:
            raise InvalidField("provider", "is not a known provider")
        read = with_credential(_Line, self.credential_forms(provider)).model_validate(document)
        limits = self.deps.registering.traits[provider].limits
        check_read_every(read.read_every, limits, field="read_every")
        return ImportRow(
            user_id=read.user_id,
            provider=provider,
            credential=read.credential.to_credential(_UNNAMED),
            cadence=Cadence(read_every=read.read_every),
        )


def _code_of(error: FreshetError) -> str:
    found: Callable[[type[Exception]], str | None] = _CODES.get
    return next((code for kind in type(error).__mro__ if (code := found(kind))), "unavailable")


def _detail_of(error: FreshetError) -> str:
    return error.reason if isinstance(error, CallFailed) else str(error)


def _failed(code: str, detail: str) -> dict[str, Any]:
    return {"status": "failed", "error": {"code": code, "detail": detail}}


def _named(error: Any) -> str:
    # Never the value: it may be a secret.
    return f"{'.'.join(str(part) for part in error['loc'])}: {error['msg']}"
