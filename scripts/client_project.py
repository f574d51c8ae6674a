"""The generator's project for generated_client/, with more data for its templates.

The generator writes one file per model and per operation, and gives templates a parameter's schema, but not its
description or examples. So this module reads the document again, and also renders ``templates/modules/`` into the
package.
"""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import UndefinedError
from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.model_property import ModelProperty
from openapi_python_client.strings import safe_for_docstring
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

MODULES = "modules"
_LICENSE = Path(__file__).parent.parent / "LICENSE"
_WIDTH = 118


class ShapeError(Exception):
    """The document is valid, but the templates cannot handle it; the message says what they need."""


@dataclass(frozen=True)
class Resource:
    """A list operation and the operation that fetches one of its rows: ``client.rooms``.

    Attributes:
        name: The tag: ``rooms``.
        listing: The operation that lists.
        fetching: The operation that fetches one row.
        page: The class of a page: ``RoomPage``.
        rows: The page's attribute that holds the rows: ``rooms``.
        row: The class of a row: ``Room``.
        children: The resources below a row: ``participants``.
    """

    name: str
    listing: Endpoint
    fetching: Endpoint
    page: str
    rows: str
    row: str
    children: tuple[Resource, ...] = ()


class Facts:
    """Data of the document that the generator does not pass to templates."""

    def __init__(self, document: dict[str, Any], openapi: GeneratorData) -> None:
        self.document = document
        self._models = {str(model.class_info.name): model for model in openapi.models}
        self._operations = {
            operation["operationId"]: {"path": item, "operation": operation}
            for item in document["paths"].values()
            for operation in item.values()
            if isinstance(operation, dict)
        }
        self._openapi = openapi

    @property
    def server(self) -> str:
        """The URL of the service."""
        return str(self.document["servers"][0]["url"])

    @property
    def request_id_header(self) -> str:
        """The name of the response header with the request's identifier."""
        return next(str(name) for name in self.document["components"]["headers"] if name.endswith("Request-Id"))

    @property
    def answers(self) -> set[str]:
        """The names of the classes of response bodies."""
        endpoints = [each for tag in self._openapi.endpoint_collections_by_tag.values() for each in tag.endpoints]
        return {
            response.prop.get_base_type_string().as_unembedded_code() for e in endpoints for response in e.responses
        }

    @property
    def pages(self) -> set[str]:
        """The names of the classes of pages."""
        endpoints = [each for tag in self._openapi.endpoint_collections_by_tag.values() for each in tag.endpoints]
        return {self.success(each) for each in endpoints if self._rows(each) is not None}

    @property
    def size_parameters(self) -> set[str]:
        """The names of the parameters for the size of a page."""
        endpoints = [each for tag in self._openapi.endpoint_collections_by_tag.values() for each in tag.endpoints]
        parameters = [parameter for each in endpoints for parameter in each.query_parameters]
        return {each.name.get_untrusted_value() for each in parameters if each.python_name == "page_size"}

    def success(self, endpoint: Endpoint) -> str:
        """Return the class of the body with status 200."""
        return self._body(endpoint, {"200"})

    def failure(self, endpoint: Endpoint) -> str:
        """Return the class of the body of all errors."""
        return self._body(endpoint, {each.status_code.pattern for each in endpoint.responses} - {"200"})

    def flat_resources(self) -> list[Resource]:
        """Return all resources, each before those below it."""
        row = self.resources()
        return [each for resource in row for each in (resource, *resource.children)]

    def examples(self) -> dict[str, str]:
        """Return an example of each resource as JSON, by the name of its class."""
        found = {}
        for resource in self.flat_resources():
            operation = self._operations[resource.fetching.name]["operation"]
            content = next(iter(self._resolved(operation["responses"]["200"])["content"].values()))
            example = next(iter(content.get("examples", {}).values()), None)
            if example is not None:
                found[resource.row] = json.dumps(self._resolved(example)["value"], ensure_ascii=False, default=str)
        return found

    def wire_name(self, class_name: str, attribute: str) -> str:
        """Return the key of an attribute of a class."""
        model = self._models[class_name]
        properties = [*(model.required_properties or []), *(model.optional_properties or [])]
        return next(str(each.name.get_untrusted_value()) for each in properties if each.python_name == attribute)

    def identity_of(self, class_name: str) -> str:
        """Return the attribute that tells one row from the others, ``room_sid`` of a room; ``""`` if there is none."""
        for tag in self._openapi.endpoint_collections_by_tag.values():
            for each in tag.endpoints:
                if each.path_parameters and self.success(each) == class_name and (found := self.identity(each)):
                    return found[-1][0]
        return ""

    def identity(self, endpoint: Endpoint) -> list[tuple[str, str]]:
        """Return the attributes of the answer that repeat a path parameter, each with the parameter's name in Python.

        ``RoomSid`` of the path is ``room_sid`` of a room; a page repeats none.
        """
        model = self._models[self.success(endpoint)]
        texts = {
            each.python_name
            for each in [*(model.required_properties or []), *(model.optional_properties or [])]
            if "str" in each.get_type_string(no_optional=True).as_unembedded_code()
        }
        names = [each.python_name for each in endpoint.path_parameters]
        return [(name, name) for name in names if name in texts]

    def about(self, endpoint: Endpoint) -> str:
        """Return the description of an operation, with parameters named as in Python."""
        operation = self._operations[endpoint.name]["operation"]
        return self._in_python(operation.get("description") or operation["summary"], endpoint)

    def about_parameter(self, endpoint: Endpoint, wire_name: str) -> str:
        """Return the description of a parameter, with bounds and an example."""
        found = self._operations[endpoint.name]
        for reference in [*found["operation"].get("parameters", ()), *found["path"].get("parameters", ())]:
            parameter = self._resolved(reference)
            if parameter["name"] == wire_name:
                schema = self._resolved(parameter["schema"])
                example = parameter.get("example", next(iter(schema.get("examples", ())), None))
                return self._in_python(self._sentence(parameter, schema, example), endpoint)
        raise KeyError(wire_name)

    def bound(self, endpoint: Endpoint, wire_name: str, keyword: str) -> int:
        """Return the value of a keyword, such as ``maximum``, of a parameter's schema."""
        for reference in self._operations[endpoint.name]["operation"]["parameters"]:
            parameter = self._resolved(reference)
            if parameter["name"] == wire_name:
                return int(self._resolved(parameter["schema"])[keyword])
        raise KeyError(wire_name)

    def about_property(self, model: ModelProperty, wire_name: str) -> str:
        """Return the description of a property, with an example."""
        property_ = self.document["components"]["schemas"][model.class_info.name]["properties"][wire_name]
        schema = self._resolved(property_)
        examples = property_.get("examples") or schema.get("examples") or (None,)
        return self._sentence(property_, schema, examples[0])

    def resources(self) -> list[Resource]:
        """Return the top-level resources."""
        found = [self._resource(tag, each.endpoints) for tag, each in self._openapi.endpoint_collections_by_tag.items()]
        below = {
            each.name: tuple(other for other in found if _path(other.listing).startswith(_path(each.fetching) + "/"))
            for each in found
        }
        children = {other.name for others in below.values() for other in others}
        return [Resource(**{**vars(each), "children": below[each.name]}) for each in found if each.name not in children]

    def _resource(self, tag: str, endpoints: list[Endpoint]) -> Resource:
        lists = [(each, rows) for each in endpoints if (rows := self._rows(each)) is not None]
        fetches = [each for each in endpoints if self._rows(each) is None]
        if len(lists) != 1 or len(fetches) != 1:
            names = ", ".join(each.name for each in endpoints)
            raise ShapeError(f"tag {tag}: it needs one operation with pages and one that fetches a row, found {names}")
        (listing, rows), fetching = lists[0], fetches[0]
        row = rows.inner_property.get_base_type_string().as_unembedded_code()
        return Resource(str(tag), listing, fetching, self.success(listing), rows.python_name, row)

    def _body(self, endpoint: Endpoint, statuses: set[str]) -> str:
        found = {
            each.prop.get_base_type_string().as_unembedded_code()
            for each in endpoint.responses
            if each.status_code.pattern in statuses
        }
        if len(found) != 1 or not found <= self._models.keys():
            shown = ", ".join(sorted(found)) or "none"
            raise ShapeError(
                f"{endpoint.name}: {sorted(statuses)} need one named schema for their bodies, found {shown}"
            )
        return found.pop()

    def _rows(self, endpoint: Endpoint) -> ListProperty | None:
        """Return the property that holds a page's rows; None if the body is not a page."""
        properties = self._models[self.success(endpoint)].required_properties or []
        if not any(each.name == "meta" for each in properties):
            return None
        return next((each for each in properties if isinstance(each, ListProperty)), None)

    def _sentence(self, described: dict[str, Any], schema: dict[str, Any], example: object) -> str:
        text = str(described.get("description", "")).strip() or "The document does not say."
        if "minimum" in schema and "maximum" in schema:
            text += f" From {schema['minimum']} to {schema['maximum']}."
        if example is not None:
            text += f" Example: ``{example}``."
        return text

    def _in_python(self, text: str, endpoint: Endpoint) -> str:
        for parameter in endpoint.list_all_parameters():
            wire_name = parameter.name.get_untrusted_value()
            text = re.sub(rf"`{re.escape(wire_name)}`", f"`{parameter.python_name}`", text)
        return text

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """Return ``node`` with its ``$ref`` resolved."""
        while "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node


class ClientProject(Project):
    """The generator's project with additional modules."""

    def __init__(self, document: dict[str, Any], openapi: GeneratorData, config: Config, templates: Path) -> None:
        super().__init__(openapi=openapi, config=config, custom_template_path=templates)
        self._templates = templates
        facts = Facts(document, openapi)
        self.env.globals.update(facts=facts, resources=facts.resources())
        self.env.filters.update(prose=prose, none_last=none_last, python_literal=repr)

    def _run_post_hooks(self) -> None:
        for template in sorted((self._templates / MODULES).glob("[!_]*.jinja")):
            text = self.env.get_template(f"{MODULES}/{template.name}").render()
            (self.package_dir / template.stem).write_text(text, encoding="utf-8")
        shutil.copyfile(_LICENSE, self.project_dir / _LICENSE.name)
        super()._run_post_hooks()


def build(document: Path, settings: Path, output: Path) -> list[str]:
    """Generate the client for ``document`` into ``output``; return the problems, empty if there are none."""
    config = Config.from_sources(
        ConfigFile.load_from_path(settings / "config.yaml"),
        MetaType.PDM,
        document,
        "utf-8",
        overwrite=False,
        output_path=output,
    )
    try:
        data = YAML(typ="safe").load(document.read_text(encoding="utf-8"))  # as the generator itself does
    except (YAMLError, UnicodeDecodeError) as error:
        return [f"it is no YAML: {error}"]
    if not isinstance(data, dict):
        return ["it holds no OpenAPI document"]
    openapi = GeneratorData.from_dict(data, config=config)
    if isinstance(openapi, GeneratorError):
        return [_line(openapi)]
    try:
        return [_line(error) for error in ClientProject(data, openapi, config, settings / "templates").build()]
    except (ShapeError, UndefinedError, KeyError) as error:
        return [f"openapi/client/templates/ cannot make one of it: {error}"]


def prose(text: object, indent: int, name: str = "") -> str:
    """Wrap a text of the document as paragraphs of a docstring.

    Args:
        text: The text.
        indent: The indentation of all lines except the first.
        name: The text before it on the first line: a name with a colon.
    """
    wrapper = textwrap.TextWrapper(
        _WIDTH, initial_indent=" " * (indent + len(name)), subsequent_indent=" " * indent, break_long_words=False
    )
    wrapper.break_on_hyphens = False
    paragraphs = [" ".join(each.split()) for each in safe_for_docstring(text).strip().split("\n\n")]
    return "\n\n".join(wrapper.fill(each) for each in paragraphs).lstrip()


def none_last(annotation: str) -> str:
    """Return ``str | None`` for ``None | str``; the generator sorts alphabetically."""
    return " | ".join(sorted(annotation.split(" | "), key=lambda each: each in {"None", "Unset"}))


def _path(endpoint: Endpoint) -> str:
    return endpoint.path.get_untrusted_value()


def _line(error: GeneratorError) -> str:
    return f"{error.header}: {error.detail or ''}".strip().removesuffix(":")
