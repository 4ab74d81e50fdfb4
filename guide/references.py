"""Every source, once: docs/references.yml."""

from __future__ import annotations

import datetime
import re
from html import escape
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    field_validator,
    model_validator,
)

from guide import addresses, files, validation, yaml_lines
from guide.faults import Fault, GuideError, did_you_mean, shorten

PATH = "docs/references.yml"
KEY = re.compile(r"[a-z][a-z0-9]*\Z")
CITATION = re.compile(r"\[@([^\]\s]+)\]")


# What each address looks like, for those who wrote it another way.
SHAPES = {
    "arxiv": '"1211.5063"',
    "doi": '"10.1038/323533a0"',
    "url": '"https://…"',
}


class Reference(BaseModel):
    """One source: who, what, when, and where it can be opened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    authors: list[Annotated[str, Field(min_length=2)]] = Field(min_length=1)
    title: str = Field(min_length=3)
    year: int = Field(ge=1600)
    venue: str | None = None
    arxiv: str | None = Field(None, pattern=r"^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})$")
    doi: str | None = Field(None, pattern=r"^10\.\d{4,9}/\S+$")
    url: str | None = Field(None, pattern=r"^https://[^\s/]+\S*$")

    @field_validator("authors")
    @classmethod
    def _others_come_last(cls, authors: list[str]) -> list[str]:
        if "others" in authors[:-1] or authors == ["others"]:
            raise ValueError("hold `others` in the wrong place: write family names first, `others` last")
        return authors

    @field_validator("url")
    @classmethod
    def _leads_somewhere(cls, url: str | None) -> str | None:
        if url and (wrong := addresses.explain(url)):
            raise ValueError(f"`{shorten(url)}` {wrong}")
        return url

    @field_validator("authors")
    @classmethod
    def _are_family_names(cls, authors: list[str]) -> list[str]:
        for name in authors:
            if re.search(r"\bet al\b|\band\b|,|\b[A-Z]\.", name):
                raise ValueError(f"hold `{name}`: write one family name each, and `others` for the rest")
        return authors

    # Tells two sources apart that would look the same in the text: He et al., 2016a and 2016b.
    _letter: str = PrivateAttr("")

    @field_validator("year")
    @classmethod
    def _not_in_the_future(cls, year: int) -> int:
        if year > datetime.date.today().year:
            raise ValueError(f"is {year}, which lies in the future: write the year of publication")
        return year

    @model_validator(mode="after")
    def _can_be_opened(self) -> Reference:
        if not (self.arxiv or self.doi or self.url):
            raise ValueError("has no address: write `arxiv`, `doi` or `url`, so that a reader can open it")
        return self

    @property
    def label(self) -> str:
        """The short form in the text: `Pascanu et al., 2013`."""
        names = self.authors
        if len(names) > 2 or names[-1] == "others":
            return f"{names[0]} et al., {self.year}{self._letter}"
        return f"{' and '.join(names)}, {self.year}{self._letter}"

    @property
    def address(self) -> str:
        if self.arxiv:
            return f"https://arxiv.org/abs/{self.arxiv}"
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    def html(self) -> str:
        """The long form under Sources."""
        names = self.authors[:-1] if self.authors[-1] == "others" else self.authors
        shown = ", ".join(names[:6]) + (" et al." if len(names) > 6 or names != self.authors else "")
        place = f" {escape(self.venue)}," if self.venue else ""
        host = self.address.split("/")[2]
        name = f"arXiv:{self.arxiv}" if self.arxiv else f"doi:{self.doi}" if self.doi else host
        stop = "" if shown.endswith(".") else "."
        return (f"{escape(shown)}{stop} <cite>{escape(self.title)}</cite>.{place} "
                f'{self.year}{self._letter}. <a href="{escape(self.address)}">{escape(name)}</a>')


def load(root: Path) -> dict[str, Reference]:
    """Read all sources by key.

    Raises:
        GuideError: With every fault found in the file.
    """
    return _validate(*read(root))


def read(root: Path) -> tuple[dict, yaml_lines.Lines]:
    """The file as it is, with the line of each key."""
    if not (root / PATH).exists():
        raise GuideError(Fault(PATH, 0, "is missing: it holds every source that pages cite"))
    return yaml_lines.load(files.read(root, PATH), PATH)


def _validate(data: dict, lines: yaml_lines.Lines) -> dict[str, Reference]:
    references: dict[str, Reference] = {}
    faults: list[Fault] = []
    for key, entry in data.items():
        if not KEY.match(key):
            faults.append(Fault(PATH, lines[(key,)], f"key `{key}`: write it as `family2013`"))
        try:
            references[key] = Reference.model_validate(entry)
        except ValidationError as error:
            for problem in error.errors():
                place = tuple(map(str, (key, *problem["loc"])))
                while place not in lines:
                    place = place[:-1]
                faults.append(Fault(PATH, lines[place], f"source `{key}`: {_explain(problem)}"))
    if faults:
        raise GuideError(*faults)
    _tell_apart(references)
    return references


def _tell_apart(references: dict[str, Reference]) -> None:
    """Give sources of the same authors and year their letters, in the order of their keys."""
    alike: dict[str, list[Reference]] = {}
    for _, reference in sorted(references.items()):
        alike.setdefault(reference.label, []).append(reference)
    for group in alike.values():
        if len(group) > 1:
            for number, reference in enumerate(group):
                reference._letter = chr(ord("a") + number)


def _explain(problem: dict) -> str:
    field = ".".join(map(str, problem["loc"]))
    if problem["type"] == "missing":
        return f"needs `{field}:`"
    if problem["type"] == "extra_forbidden":
        known = ", ".join(Reference.model_fields)
        return f"`{field}` is unknown: use {known}{did_you_mean(field, Reference.model_fields)}"
    if problem["type"] == "string_pattern_mismatch":
        return f"`{field}` is `{shorten(str(problem['input']))}`: write it as {SHAPES[field]}"
    return f"{f'`{field}` ' if field else ''}{validation.explain(problem)}"
