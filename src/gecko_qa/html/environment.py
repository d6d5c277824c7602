"""The templates, which escape whatever they are given."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from gecko_qa.html.site import SERVED


def render(template: str, **values: object) -> str:
    """Return `template` filled with `values`; a name that it lacks is an error.

    `site` is where the pages stand, by default on the server.
    """
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gecko_qa.html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["site"] = SERVED
    return environment
