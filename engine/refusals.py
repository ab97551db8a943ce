"""How an act is refused: each a sentence for the person who tried it, saying what is wrong and what they can do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


class Refused(Exception):
    """The policy, the diagram or a person's rights do not allow the act now. Nothing was changed."""


class BadAnswers(Refused):
    """The form was not filled as it asks: a sentence for each field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(" ".join(f"{field}: {sentence}" for field, sentence in errors.items()))


class AlreadyDone(Refused):
    """Somebody else completed the task: who and when. What the person typed is theirs to keep."""

    def __init__(self, task: str, by: str, when: datetime) -> None:
        self.task, self.by, self.when = task, by, when
        super().__init__(f"{by} has already completed this task.")


class ChangedMeanwhile(Refused):
    """Somebody else changed the case since this person had it before them: who and when."""

    def __init__(self, by: str, when: datetime) -> None:
        self.by, self.when = by, when
        super().__init__(f"{by} changed this case while you had it open. Look at what changed, then try again.")


class Unknown(Refused):
    """There is no such case, or none this person may see."""


class Erased(Refused):
    """The case was disposed of: what was said in it is gone, by one person's request and another's approval."""

    def __init__(self, reference: str, when: datetime) -> None:
        self.reference, self.when = reference, when
        super().__init__(
            f"What was recorded of {reference} was erased when its time of retention was over. Its chain and its "
            "figures are kept."
        )


class OfficeChanged(Refused):
    """A version was published or withdrawn since the versions were read. Read them again, then the act fits."""

    def __init__(self) -> None:
        super().__init__("A version of this policy was published or withdrawn a moment ago. Try again.")
