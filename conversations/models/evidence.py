"""Evidence: what was flagged and what was decided, sealed and chained; see `conversations.evidence`."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

GENESIS = "0" * 64  # what the first entry follows


class EvidenceKind(models.TextChoices):
    FLAGGED = "flagged", _("flagged")
    SEEN = "seen", _("seen")
    DECIDED = "decided", _("decided")
    REOPENED = "reopened", _("reopened")
    DELETED = "deleted", _("deleted")
    HOLD_ENDED = "hold_ended", _("hold ended")


class EvidenceEntry(models.Model):
    """One link of the chain. `payload_digest` is that of the sealed payload, `prev_hash` the hash of the entry before.

    Triggers refuse to change or delete it.
    """

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=EvidenceKind)
    case_code = models.UUIDField(null=True)
    payload_digest = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("evidence entry")
        verbose_name_plural = _("evidence")
        indexes = [models.Index(fields=["case_code", "seq"], name="evidence_of_case")]

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"


class EvidencePayload(models.Model):
    """What an entry is about, encrypted under a key of its own. `data_key` is that key, wrapped by a master key; null
    once the hold has ended: then nobody can read it, and the chain is whole all the same."""

    entry = models.OneToOneField(EvidenceEntry, on_delete=models.PROTECT, primary_key=True, related_name="payload")
    ciphertext = models.BinaryField()
    data_key = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("sealed payload")
        verbose_name_plural = _("sealed payloads")

    def __str__(self) -> str:
        return str(self.pk)


class EvidenceHead(models.Model):
    """The end of the chain, in one row: whoever appends locks it, last of all."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        verbose_name = _("end of the evidence")
        verbose_name_plural = _("end of the evidence")

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash}"
