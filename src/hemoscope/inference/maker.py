"""Which model made opinions: its file, which branch, how often it looked, who helped."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from hemoscope.inference.bundle import Bundle
from hemoscope.inference.home import Home


@dataclass(frozen=True)
class Maker:
    """What has to be the same for the logits of two tables or jobs to be of one kind.

    Attributes:
        sha256: Of the model's file; None where a table does not say.
        branch: Of a joint model; None for the mean of all, and for a model of one backbone.
        views: Of each cell, at least 1.
        second: The network that was asked about unclear cells; None for a model of one network.
        below: Which cells those were (`hemoscope.inference.bundle_info.Second`).
        home: And in which light; None for any.
    """

    sha256: str | None
    branch: str | None = None
    views: int = 1
    second: "Maker | None" = None
    below: float | None = None
    home: Home | None = None

    @classmethod
    def told_by(cls, provenance: Mapping[str, Any]) -> Self:
        """As a scorer, or the table that it made, tells it. Of a single view they say nothing."""
        told = provenance.get("second")
        return cls(
            provenance.get("sha256"),
            provenance.get("branch"),
            provenance.get("views") or 1,
            second=cls.told_by(told) if told else None,
            below=told["below"] if told else None,
            home=Home.model_validate(told["home"]) if told and told.get("home") else None,
        )

    @classmethod
    def of(cls, bundle: Bundle) -> Self:
        """What a bundle will tell of itself."""
        info, second = bundle.info, bundle.second
        return cls(
            info.model.sha256,
            views=info.preprocessing.views,
            second=None if second is None else cls.of(second),
            below=None if info.second is None else info.second.below,
            home=None if info.second is None else info.second.home,
        )

    def __str__(self) -> str:
        """All of it in one line; different for different makers."""
        own = [self.sha256 or ""]
        own += [f"branch {self.branch}"] if self.branch is not None else []
        own += [f"{self.views} views"] if self.views != 1 else []
        own += [f"below {self.below}: {self.second}"] if self.second is not None else []
        own += [f"at home: {self.home}"] if self.home is not None else []
        return ", ".join(own)

    def differs_from(self, wanted: "Maker") -> str | None:
        """How a table of this maker is not one of the wanted model, in words; None where it is.

        Returns:
            What follows "the predictions".
        """
        if self.sha256 is None:
            return "do not say which model file made them"
        if self.sha256 != wanted.sha256:
            return (
                f"were made by another model (SHA-256 {self.sha256[:12]}…, not "
                f"{str(wanted.sha256)[:12]}…)"
            )
        if self.branch != wanted.branch:
            return f"are of {_part(self.branch)}, not of {_part(wanted.branch)}"
        if self.views != wanted.views:
            return f"were made with {_looks(self.views)} of each cell, not {wanted.views}"
        return self._differs_in_second(wanted)

    def _differs_in_second(self, wanted: "Maker") -> str | None:
        if (self.second is None) != (wanted.second is None):
            return f"were made {_helped(self)} a second network, not {_helped(wanted)} one"
        if self.second != wanted.second:
            return "were made with another second network"
        if self.below != wanted.below:
            return f"had a second opinion below {self.below}, not below {wanted.below}"
        if self.home != wanted.home:
            return "had a second opinion in another light"
        return None


def _part(branch: str | None) -> str:
    return "all branches together" if branch is None else f"the branch {branch} alone"


def _helped(maker: Maker) -> str:
    return "without" if maker.second is None else "with"


def _looks(count: int) -> str:
    return "1 view" if count == 1 else f"{count} views"
