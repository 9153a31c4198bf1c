"""Users' credentials in Secrets Manager, or encrypted in the table: who may do what."""

import pytest
from msgspec.structs import fields

from freshet.adapters.dynamodb.user_lease import LEASE
from freshet.services.move_credentials import ENOUGH
from tests.template.reading import Template, as_list
from tests.template.test_environment import SETTINGS

READERS = {
    "ApiFunction",
    "OperateFunction",
    "RefreshConnectionFunction",
    "TakeSnapshotsFunction",
}
KEY = {"Fn::GetAtt": ["CredentialKey", "Arn"]}
MADE_FOR_KMS = {"CredentialKey", "CredentialKeyAlias"}


@pytest.fixture
def by_kms(template: Template) -> Template:
    return template.given(CredentialStore="kms")


def of_service(deployment: Template, function: str, service: str) -> set[str]:
    """The actions of one AWS service that a function may take."""
    every = deployment.actions_of(function)
    return {action for action in every if action.startswith(f"{service}:")}


def test_secrets_manager_is_the_default_and_needs_no_key(template: Template) -> None:
    parameter = template.parameters["CredentialStore"]
    assert parameter["Default"] == "secretsmanager"
    assert set(parameter["AllowedValues"]) == {"secretsmanager", "kms"}
    deployment = template.given()
    assert not MADE_FOR_KMS & set(deployment.resources)
    for name in deployment.functions:
        assert not of_service(deployment, name, "kms"), name


@pytest.mark.parametrize(("store", "arn"), [("secretsmanager", "-"), ("kms", KEY)])
def test_readers_are_told_where_credentials_lie(
    template: Template, store: str, arn: object
) -> None:
    deployment = template.given(CredentialStore=store)
    for name in deployment.functions:
        reads = {each.name for each in fields(SETTINGS[name])}
        assert ("credential_store" in reads) == (name in READERS), name
        variables = deployment.environment(name)
        assert variables["CREDENTIAL_STORE"] == {"Ref": "CredentialStore"}
        assert variables["CREDENTIAL_KMS_ARN"] == arn


def test_key_rotates_and_outlives_the_stack(by_kms: Template) -> None:
    resource = by_kms.resources["CredentialKey"]
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"
    assert resource["Properties"]["EnableKeyRotation"] is True
    assert resource["Properties"]["PendingWindowInDays"] == 30
    alias = by_kms.resources["CredentialKeyAlias"]["Properties"]
    assert alias["TargetKeyId"] == {"Ref": "CredentialKey"}


def test_key_serves_this_account_alone(by_kms: Template) -> None:
    policy = by_kms.resources["CredentialKey"]["Properties"]["KeyPolicy"]
    [statement] = policy["Statement"]
    account = "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"
    assert statement["Principal"] == {"AWS": {"Fn::Sub": account}}


def test_readers_decrypt_and_those_who_link_encrypt(by_kms: Template) -> None:
    found = {name: of_service(by_kms, name, "kms") for name in by_kms.functions}
    assert found == {
        "ApiFunction": {"kms:Encrypt", "kms:Decrypt"},
        "OperateFunction": {"kms:Encrypt", "kms:Decrypt"},
        "RefreshConnectionFunction": {"kms:Decrypt"},
        "TakeSnapshotsFunction": {"kms:Decrypt"},
        "ReceiveWebhookFunction": set(),
        "ProcessWebhookFunction": set(),
        "PlanRefreshesFunction": set(),
    }
    for function, statement in by_kms.statements():
        if any(action.startswith("kms:") for action in as_list(statement["Action"])):
            assert statement["Resource"] == KEY, function


def test_old_store_is_still_read_and_emptied_but_not_filled(
    template: Template, by_kms: Template
) -> None:
    old = {"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"}
    old |= {"secretsmanager:DeleteSecret"}
    assert of_service(by_kms, "ApiFunction", "secretsmanager") == old
    default = of_service(template.given(), "ApiFunction", "secretsmanager")
    assert default == old | {"secretsmanager:CreateSecret"}


def test_nothing_else_depends_on_the_store(template: Template, by_kms: Template) -> None:
    default = template.given()
    assert set(by_kms.resources) - set(default.resources) == MADE_FOR_KMS
    assert not set(default.resources) - set(by_kms.resources)


def test_users_request_is_over_before_the_lease_on_his_credentials_is(template: Template) -> None:
    """An operation may take longer than a lease: it takes the lease anew before each write."""
    assert template.functions["ApiFunction"]["Timeout"] < LEASE.total_seconds()
    assert template.functions["OperateFunction"]["Timeout"] > ENOUGH.total_seconds()
