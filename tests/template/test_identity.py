"""Whose tokens are accepted: the company's own issuer, or a user pool that the stack makes."""

import re

import pytest

from tests.template.reading import Node, Template

ISSUER = "https://login.example.com/"
GIVEN = {"JwtIssuer": ISSUER, "JwtAudience": "app"}
POOL = {"CallbackUrls": "https://app.example.com/back"}

MACHINE = {"MachineClientScopes": "freshet/act-as,freshet/read"}
RESOURCES = {"UserPool", "UserPoolResourceServer", "UserPoolDomain", "UserPoolClient"}
OUTPUTS = {"UserPoolId", "UserPoolClientId", "LoginUrl", "TokenUrl"}
LISTS = (
    "JwtAudience",
    "CallbackUrls",
    "LogoutUrls",
    "FurtherClientIds",
    "LinkRedirectUris",
    "AllowedOrigins",
)
NONE = {"Machine": "", "Further": ""}
USER_SCOPES = {"read", "refresh", "link"}
EXPLICIT_SCOPES = {"operate", "act-as"}


@pytest.fixture
def with_pool(template: Template) -> Template:
    return template.given(**POOL)


def accepted(deployment: Template) -> Node:
    """Whose tokens the gateway lets in."""
    auth = deployment.resources["HttpApi"]["Properties"]["Auth"]
    return auth["Authorizers"]["UserTokens"]["JwtConfiguration"]


def test_given_issuer_is_believed_and_nothing_is_made(template: Template) -> None:
    deployment = template.given(**GIVEN)
    assert accepted(deployment) == {
        "issuer": {"Ref": "JwtIssuer"},
        "audience": {"Fn::Split": [",", {"Ref": "JwtAudience"}]},
    }
    assert not RESOURCES & set(deployment.resources)
    assert not OUTPUTS & set(deployment.outputs)


def test_without_issuer_there_is_a_user_pool_and_its_client_is_the_audience(
    with_pool: Template,
) -> None:
    assert accepted(with_pool) == {
        "issuer": {"Fn::Sub": "https://${UserPool.ProviderName}"},
        "audience": {
            "Fn::Split": [",", {"Fn::Sub": ["${UserPoolClient}${Machine}${Further}", NONE]}]
        },
    }
    assert set(with_pool.resources) >= RESOURCES
    assert set(with_pool.outputs) >= OUTPUTS


def test_further_clients_of_the_pool_are_accepted_beside_its_own(template: Template) -> None:
    deployment = template.given(**POOL, **MACHINE, FurtherClientIds="abc,def")
    text, parts = accepted(deployment)["audience"]["Fn::Split"][1]["Fn::Sub"]
    assert text == "${UserPoolClient}${Machine}${Further}"
    assert parts == {
        "Machine": {"Fn::Sub": ",${MachineClient}"},
        "Further": {"Fn::Sub": ",${FurtherClientIds}"},
    }


def test_machine_has_a_secret_and_the_scopes_of_its_parameter(template: Template) -> None:
    assert "MachineClient" not in template.given(**POOL).resources
    deployment = template.given(**POOL, **MACHINE)
    client = deployment.resources["MachineClient"]
    assert client["DependsOn"] == "UserPoolResourceServer"
    assert client["Properties"]["GenerateSecret"] is True
    assert client["Properties"]["AllowedOAuthFlows"] == ["client_credentials"]
    assert client["Properties"]["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    scopes = {"Fn::Split": [",", {"Ref": "MachineClientScopes"}]}
    assert client["Properties"]["AllowedOAuthScopes"] == scopes
    assert "MachineClientId" in deployment.outputs
    pattern = template.parameters["MachineClientScopes"]["AllowedPattern"]
    every = ",".join(f"freshet/{name}" for name in sorted(USER_SCOPES | EXPLICIT_SCOPES))
    assert all(re.fullmatch(pattern, text) for text in ("", every))
    assert not any(re.fullmatch(pattern, text) for text in ("freshet/read, freshet/link", "read"))


@pytest.mark.parametrize("name", LISTS)
def test_list_with_a_blank_is_refused_with_the_reason(template: Template, name: str) -> None:
    parameter = template.parameters[name]
    assert "without blanks" in parameter["ConstraintDescription"]
    assert all(re.fullmatch(parameter["AllowedPattern"], each) for each in ("", "a", "a,b"))
    for text in ("a, b", "a ,b", "a,", ",a", " a", "a b", "a,,b"):
        assert not re.fullmatch(parameter["AllowedPattern"], text), text


def test_no_other_resource_hangs_on_the_choice_of_issuer(template: Template) -> None:
    assert {
        name
        for name, resource in template.resources.items()
        if resource.get("Condition") == "MakesUserPool"
    } == RESOURCES


@pytest.mark.parametrize(
    ("parameters", "refused_by"),
    [
        (GIVEN, []),
        (GIVEN | POOL, []),
        (POOL, []),
        ({}, ["UserPoolComesWithCallbacks"]),
        ({"JwtIssuer": ISSUER}, ["IssuerComesWithAudience"]),
        ({"JwtAudience": "app"}, ["UserPoolComesWithCallbacks"]),
        (POOL | {"JwtAudience": "app"}, ["UserPoolComesWithCallbacks"]),
        (POOL | MACHINE, []),
        (POOL | {"FurtherClientIds": "abc"}, []),
        (GIVEN | MACHINE, ["IssuerComesWithAudience"]),
        (GIVEN | {"FurtherClientIds": "abc"}, ["IssuerComesWithAudience"]),
    ],
)
def test_half_a_choice_is_refused_before_anything_is_made(
    template: Template, parameters: dict[str, str], refused_by: list[str]
) -> None:
    assert template.refusals(**parameters) == refused_by


def test_issuer_is_an_address_or_nothing(template: Template) -> None:
    pattern = template.parameters["JwtIssuer"]["AllowedPattern"]
    assert all(re.fullmatch(pattern, each) for each in ("", ISSUER))
    assert not any(re.fullmatch(pattern, each) for each in ("login.example.com", f"{ISSUER} "))


def test_users_are_made_by_the_company_alone(with_pool: Template) -> None:
    """A stranger with an account could spend its money."""
    pool = with_pool.resources["UserPool"]["Properties"]
    assert pool["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}


def test_user_pool_cannot_be_lost(template: Template, with_pool: Template) -> None:
    resource = with_pool.resources["UserPool"]
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"
    assert resource["Properties"]["DeletionProtection"] == "INACTIVE"  # a first attempt may fail
    protected = template.given(**POOL, ProtectData="yes").resources["UserPool"]
    assert protected["Properties"]["DeletionProtection"] == "ACTIVE"


def test_users_log_in_by_email_with_a_long_password(with_pool: Template) -> None:
    pool = with_pool.resources["UserPool"]["Properties"]
    assert pool["UsernameAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] >= 12


def test_second_factor_is_asked_for_where_the_deployment_wants_it(template: Template) -> None:
    parameter = template.parameters["CognitoMfa"]
    assert (parameter["Default"], parameter["AllowedValues"]) == ("OFF", ["OFF", "ON"])
    without = template.given(**POOL).resources["UserPool"]["Properties"]
    assert without["MfaConfiguration"] == {"Ref": "CognitoMfa"}
    assert "EnabledMfas" not in without
    demanding = template.given(**POOL, CognitoMfa="ON").resources["UserPool"]["Properties"]
    assert demanding["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]


def test_changed_email_counts_only_once_confirmed(with_pool: Template) -> None:
    pool = with_pool.resources["UserPool"]["Properties"]
    assert pool["AutoVerifiedAttributes"] == ["email"]
    assert pool["UserAttributeUpdateSettings"] == {
        "AttributesRequireVerificationBeforeUpdate": ["email"]
    }
    [recovery] = pool["AccountRecoverySetting"]["RecoveryMechanisms"]
    assert recovery["Name"] == "verified_email"


def test_threat_protection_comes_with_the_tier_that_pays_for_it(template: Template) -> None:
    plain = template.given(**POOL).resources["UserPool"]["Properties"]
    plus = template.given(**POOL, CognitoTier="PLUS").resources["UserPool"]["Properties"]
    assert plain["UserPoolTier"] == {"Ref": "CognitoTier"}
    assert template.parameters["CognitoTier"]["Default"] == "ESSENTIALS"
    assert plain["UserPoolAddOns"] == {"AdvancedSecurityMode": "OFF"}
    assert plus["UserPoolAddOns"] == {"AdvancedSecurityMode": "ENFORCED"}


def test_every_scope_of_the_api_can_be_given(with_pool: Template) -> None:
    server = with_pool.resources["UserPoolResourceServer"]["Properties"]
    assert server["Identifier"] == "freshet"
    assert server["UserPoolId"] == {"Ref": "UserPool"}
    assert {each["ScopeName"] for each in server["Scopes"]} == USER_SCOPES | EXPLICIT_SCOPES


def test_frontend_may_ask_for_what_a_user_may_do_and_no_more(
    template: Template, with_pool: Template
) -> None:
    client = with_pool.resources["UserPoolClient"]
    ours = {f"freshet/{name}" for name in USER_SCOPES}
    assert set(client["Properties"]["AllowedOAuthScopes"]) == {"openid"} | ours
    assert client["DependsOn"] == "UserPoolResourceServer"
    default_scopes = template.parameters["DefaultUserScopes"]
    assert default_scopes["Default"] == ""
    assert re.fullmatch(default_scopes["AllowedPattern"], " ".join(sorted(ours)))
    assert not re.fullmatch(default_scopes["AllowedPattern"], "freshet/operate")


def test_frontend_has_no_secret_and_proves_itself_by_code_flow(with_pool: Template) -> None:
    client = with_pool.resources["UserPoolClient"]["Properties"]
    assert client["GenerateSecret"] is False
    assert client["AllowedOAuthFlowsUserPoolClient"] is True
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["SupportedIdentityProviders"] == ["COGNITO"]
    assert client["CallbackURLs"] == {"Fn::Split": [",", {"Ref": "CallbackUrls"}]}
    assert "LogoutURLs" not in client


def test_logout_leads_to_the_addresses_of_the_parameter(template: Template) -> None:
    deployment = template.given(**POOL, LogoutUrls="https://app.example.com/bye")
    client = deployment.resources["UserPoolClient"]["Properties"]
    assert client["LogoutURLs"] == {"Fn::Split": [",", {"Ref": "LogoutUrls"}]}


def test_password_is_typed_nowhere_but_on_the_login_page(with_pool: Template) -> None:
    """Tokens of the other flows would carry no scope of ours either."""
    client = with_pool.resources["UserPoolClient"]["Properties"]
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]


def test_tokens_live_shortly_and_can_be_revoked(with_pool: Template) -> None:
    client = with_pool.resources["UserPoolClient"]["Properties"]
    units = {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "days"}
    assert client["TokenValidityUnits"] == units
    assert client["AccessTokenValidity"] <= 60
    assert client["IdTokenValidity"] <= 60
    assert client["RefreshTokenValidity"] <= 7
    assert client["EnableTokenRevocation"] is True


def test_login_page_does_not_tell_who_has_an_account(with_pool: Template) -> None:
    client = with_pool.resources["UserPoolClient"]["Properties"]
    assert client["PreventUserExistenceErrors"] == "ENABLED"


def test_login_page_has_the_chosen_name_or_one_that_cognito_always_takes(
    template: Template,
) -> None:
    chosen = template.given(**POOL, CognitoDomainPrefix="acme-login")
    assert domain(chosen) == {"Ref": "CognitoDomainPrefix"}
    made, parts = domain(template.given(**POOL))["Fn::Sub"]
    assert made == "freshet-${Piece}"
    assert "AWS::StackId" in str(parts["Piece"])  # hexadecimal: no capitals, no forbidden word


def test_login_and_tokens_are_at_the_domain(with_pool: Template) -> None:
    domain_url = "https://${UserPoolDomain}.auth.${AWS::Region}.amazoncognito.com"
    outputs = with_pool.outputs
    assert outputs["LoginUrl"]["Value"] == {"Fn::Sub": f"{domain_url}/oauth2/authorize"}
    assert outputs["TokenUrl"]["Value"] == {"Fn::Sub": f"{domain_url}/oauth2/token"}
    assert outputs["UserPoolId"]["Value"] == {"Ref": "UserPool"}
    assert outputs["UserPoolClientId"]["Value"] == {"Ref": "UserPoolClient"}


def domain(deployment: Template) -> Node:
    """The first label of the login page's address."""
    return deployment.resources["UserPoolDomain"]["Properties"]["Domain"]
