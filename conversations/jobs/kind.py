"""What a kind of job is: what it sends, what becomes of the answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.functional import Promise

from conversations.glm import BlockingClient, GlmError, Task
from conversations.models import Job, UpstreamCall


@dataclass(frozen=True, slots=True)
class Sending:
    """An order as it goes over the wire, under a number of its own, with the row of the call."""

    path: str
    body: bytes
    request_id: str
    call: UpstreamCall
    language: str = ""


class Stopped(Exception):
    """The job is not to be handed over; `trouble` says why, in the words of `glm.Kind` and the like."""

    def __init__(self, trouble: str, trouble_code: str = "") -> None:
        super().__init__(trouble)
        self.trouble, self.trouble_code = trouble, trouble_code


class Kind(ABC):
    """A new one is a file like its siblings and a line in the registry. All methods run in a thread that may wait.

    Those that say so run inside the transaction of the step, which writes the job after them; they lock the
    conversation first, as everybody does.
    """

    name: ClassVar[str]
    label: ClassVar[Promise]
    usual_seconds: ClassVar[float] = 60.0
    """How long it takes with a model of which nothing more is known."""
    step_seconds: ClassVar[float] = 0.0
    """How long handing it over, or fetching its result, may take where that is longer than asking."""
    is_answered_at_once: ClassVar[bool] = False
    """Whether GLM works while it is being handed over, and answers by the result."""
    may_be_fetched_again: ClassVar[bool] = False
    """Whether something is left to come after it has ended without a result."""

    @property
    @abstractmethod
    def deadline(self) -> float:
        """Seconds from the moment when GLM took it."""

    def known_seconds(self, model_name: str) -> float:
        """How long it usually takes with a model, as long as this site has no experience of its own."""
        return self.usual_seconds

    def make_ready(self, job: Job) -> None:  # noqa: B027 - most have nothing to do
        """What must be done before it is handed over, and may take time. Not in a transaction."""

    @abstractmethod
    def prepare(self, job: Job) -> Sending:
        """What to send, and the row of the call; in the transaction that stores the intent. Raises Stopped."""

    def submit(self, sending: Sending, client: BlockingClient) -> Task:
        """Hand it over. Raises GlmError."""
        return client.submit(sending.path, sending.body, sending.request_id, sending.language)

    def remembered(self, task: Task) -> dict[str, Any]:
        """Of an order that is answered by its result what has to be kept to fetch that; {} for what is asked for."""
        return {}

    def poll(self, job: Job, client: BlockingClient) -> Task:
        """Ask what became of it. Raises GlmError."""
        return client.result(job.provider_id, job.request_id)

    def fetch(self, job: Job, task: Task) -> dict[str, Any]:
        """Bring here what has come, outside of any transaction; what is returned goes to `deliver` and is the job's
        `result`. Raises Stopped when it cannot be had."""
        return {}

    @abstractmethod
    def deliver(self, job: Job, task: Task, fetched: dict[str, Any]) -> Callable[[], None]:
        """Get the result ready, outside of any transaction; what is returned puts it where it belongs, in the
        transaction that ends the job."""

    @abstractmethod
    def fail(self, job: Job, error: GlmError | None, trouble: str, trouble_code: str) -> None:
        """There will be no result; in the transaction that ends the job."""

    def show(self, job: Job) -> None:  # noqa: B027
        """Draw anew what shows the job beside its own card; in the transaction that changes it."""

    def ask(self, job: Job) -> None:  # noqa: B027
        """Tell whoever ordered it that nobody knows what became of it; in the transaction that changes it."""

    def settle(self, job: Job, task: Task | None, error: GlmError | None) -> None:  # noqa: B027
        """Close the call of an attempt that comes to nothing: this is what GLM says of it, and what it has used."""
