"""What the emulator leaves undone of the deployed template, done through the public APIs.

It ignores the OpenAPI body of an HTTP API, so routes, integrations, the token authorizer and CORS
are created here from the processed template. It ignores the tables' time to live. It keeps a
maximum concurrency that comes from a parameter as text, and then its queue pollers stumble over it.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tests.local_stack.conditions import Conditions, Node, UnknownShape

# botocore's clients are made at run time.
type Client = Any

NO_AUTHORIZER = "NONE"


def complete(client: Callable[[str], Client], stack_name: str) -> str:
    """Finish the deployment and return the id of the HTTP API."""
    cloudformation = client("cloudformation")
    template = _processed_template(cloudformation, stack_name)
    resources = cloudformation.describe_stack_resources(StackName=stack_name)["StackResources"]
    physical_ids = {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources}
    stack = cloudformation.describe_stacks(StackName=stack_name)["Stacks"][0]
    parameters = {each["ParameterKey"]: each["ParameterValue"] for each in stack["Parameters"]}

    _set_time_to_live(client("dynamodb"), template, physical_ids)
    _set_concurrency(client("lambda"))
    conditions = Conditions(template["Conditions"], parameters)
    body = conditions.decide(template["Resources"]["HttpApi"]["Properties"]["Body"])
    api_id: str = physical_ids["HttpApi"]
    _Gateway(client("apigatewayv2"), api_id, physical_ids, parameters).build(body)
    return api_id


class _Gateway:
    """Builds one HTTP API from its OpenAPI document."""

    def __init__(
        self,
        client: Client,
        api_id: str,
        physical_ids: Mapping[str, str],
        parameters: Mapping[str, str],
    ) -> None:
        self._client = client
        self._api_id = api_id
        self._physical_ids = physical_ids
        self._parameters = parameters

    def build(self, body: Node) -> None:
        authorizers = {
            name: self._create_authorizer(name, scheme["x-amazon-apigateway-authorizer"])
            for name, scheme in body["components"]["securitySchemes"].items()
        }
        integrations: dict[str, str] = {}
        for path, methods in body["paths"].items():
            for method, operation in methods.items():
                function = self._function(operation)
                if function not in integrations:
                    integrations[function] = self._create_integration(function)
                self._create_route(
                    f"{method.upper()} {path}", operation, integrations[function], authorizers
                )
        if "x-amazon-apigateway-cors" in body:
            self._set_cors(body["x-amazon-apigateway-cors"])

    def _create_authorizer(self, name: str, scheme: Node) -> str:
        token = scheme["jwtConfiguration"]
        made = self._client.create_authorizer(
            ApiId=self._api_id,
            Name=name,
            AuthorizerType="JWT",
            IdentitySource=[scheme["identitySource"]],
            JwtConfiguration={
                "Issuer": self._text(token["issuer"]),
                "Audience": self._texts(token["audience"]),
            },
        )
        return str(made["AuthorizerId"])

    def _create_integration(self, function: str) -> str:
        made = self._client.create_integration(
            ApiId=self._api_id,
            IntegrationType="AWS_PROXY",
            IntegrationMethod="POST",
            IntegrationUri=function,
            PayloadFormatVersion="2.0",
        )
        return str(made["IntegrationId"])

    def _create_route(
        self, key: str, operation: Node, integration: str, authorizers: Mapping[str, str]
    ) -> None:
        names = [name for requirement in operation.get("security", []) for name in requirement]
        guarded = [name for name in names if name != NO_AUTHORIZER]
        authorization = (
            {"AuthorizationType": "JWT", "AuthorizerId": authorizers[guarded[0]]}
            if guarded
            else {"AuthorizationType": "NONE"}
        )
        self._client.create_route(
            ApiId=self._api_id, RouteKey=key, Target=f"integrations/{integration}", **authorization
        )

    def _set_cors(self, cors: Node) -> None:
        """Apply what the document says; which origins, the emulator forgets there."""
        names = {name[0].upper() + name[1:]: value for name, value in cors.items()}
        origins = self._parameters["AllowedOrigins"].split(",")
        self._client.update_api(
            ApiId=self._api_id, CorsConfiguration=names | {"AllowOrigins": origins}
        )

    def _function(self, operation: Node) -> str:
        """The function's ARN in an address like …/functions/${ApiFunction.Arn}/invocations."""
        address = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        logical_id = re.search(r"functions/\$\{(\w+)\.Arn\}/", address)
        if not logical_id:
            raise UnknownShape(address)
        name = self._physical_ids[logical_id[1]]
        region = self._client.meta.region_name
        return f"arn:aws:lambda:{region}:000000000000:function:{name}"

    def _text(self, node: Node) -> str:
        match node:
            case str():
                return node
            case {"Ref": name}:
                known = self._parameters if name in self._parameters else self._physical_ids
                return known[name]
            case {"Fn::Sub": text}:
                return re.sub(r"\$\{(\w+)\.ProviderName\}", self._provider_name, text)
            case _:
                raise UnknownShape(node)

    def _provider_name(self, user_pool: re.Match[str]) -> str:
        """A user pool's own name of itself, from which its issuer is made."""
        region = self._client.meta.region_name
        return f"cognito-idp.{region}.amazonaws.com/{self._physical_ids[user_pool[1]]}"

    def _texts(self, node: Node) -> list[str]:
        match node:
            case {"Fn::Split": [separator, text]}:
                return self._text(text).split(separator)
            case list():
                return [self._text(each) for each in node]
            case _:
                raise UnknownShape(node)


def _processed_template(cloudformation: Client, stack_name: str) -> Node:
    body = cloudformation.get_template(StackName=stack_name, TemplateStage="Processed")[
        "TemplateBody"
    ]
    return json.loads(body) if isinstance(body, str) else body


def _set_time_to_live(dynamodb: Client, template: Node, physical_ids: Mapping[str, str]) -> None:
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::DynamoDB::Table":
            dynamodb.update_time_to_live(
                TableName=physical_ids[logical_id],
                TimeToLiveSpecification=resource["Properties"]["TimeToLiveSpecification"],
            )


def _set_concurrency(functions: Client) -> None:
    for mapping in functions.list_event_source_mappings()["EventSourceMappings"]:
        if "ScalingConfig" in mapping:
            limit = {"MaximumConcurrency": int(mapping["ScalingConfig"]["MaximumConcurrency"])}
            functions.update_event_source_mapping(UUID=mapping["UUID"], ScalingConfig=limit)
