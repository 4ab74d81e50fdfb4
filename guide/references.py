"""Every source, once: docs/references.yml."""

from __future__ import annotations

import datetime
import re
from html import escape
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from guide import yaml_lines
from guide.faults import Fault, GuideError

PATH = "docs/references.yml"
KEY = re.compile(r"[a-z][a-z0-9]*\Z")
CITATION = re.compile(r"\[@([^\]\s]+)\]")


class Reference(BaseModel):
    """One source: who, what, when, and where it can be opened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    authors: list[str] = Field(min_length=1)
    title: str = Field(min_length=3)
    year: int = Field(ge=1600)
    venue: str | None = None
    arxiv: str | None = Field(None, pattern=r"^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})$")
    doi: str | None = Field(None, pattern=r"^10\.\d{4,9}/\S+$")
    url: str | None = Field(None, pattern=r"^https://\S+$")

    @field_validator("year")
    @classmethod
    def _not_in_the_future(cls, year: int) -> int:
        if year > datetime.date.today().year:
            raise ValueError("lies in the future")
        return year

    @model_validator(mode="after")
    def _can_be_opened(self) -> Reference:
        if not (self.arxiv or self.doi or self.url):
            raise ValueError("needs one of `arxiv`, `doi` or `url`, so that a reader can open it")
        return self

    @property
    def label(self) -> str:
        """The short form in the text: `Pascanu et al., 2013`."""
        names = self.authors
        if len(names) > 2 or names[-1] == "others":
            return f"{names[0]} et al., {self.year}"
        return f"{' and '.join(names)}, {self.year}"

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
        name = f"arXiv:{self.arxiv}" if self.arxiv else f"doi:{self.doi}" if self.doi else self.url.split("/")[2]
        return (f"{escape(shown)}{'' if shown.endswith('.') else '.'} <cite>{escape(self.title)}</cite>.{place} "
                f'{self.year}. <a href="{escape(self.address)}">{escape(name)}</a>')


def load(root: Path) -> dict[str, Reference]:
    """Read all sources by key.

    Raises:
        GuideError: With every fault found in the file.
    """
    path = root / PATH
    if not path.exists():
        raise GuideError(Fault(PATH, 0, "is missing: it holds every source that pages cite"))
    data, lines = yaml_lines.load(path.read_text(encoding="utf-8"), PATH)
    references: dict[str, Reference] = {}
    faults: list[Fault] = []
    for key, entry in data.items():
        if not KEY.match(str(key)):
            faults.append(Fault(PATH, lines[(str(key),)], f"key `{key}`: write it as `family2013`"))
        try:
            references[str(key)] = Reference.model_validate(entry)
        except ValidationError as error:
            for problem in error.errors():
                place = tuple(map(str, (key, *problem["loc"])))
                while place not in lines:
                    place = place[:-1]
                field = ".".join(map(str, problem["loc"]))
                message = problem["msg"].removeprefix("Value error, ")
                faults.append(Fault(PATH, lines[place], f"source `{key}`: {field + ': ' if field else ''}{message}"))
    if faults:
        raise GuideError(*faults)
    return references
