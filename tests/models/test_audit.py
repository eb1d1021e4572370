import pytest
from django.db import connection

from conversations.models import AuditEntry
from tests import people

pytestmark = pytest.mark.django_db


def test_what_happened_to_something_is_found_in_an_index_and_in_order() -> None:
    root = people.person("root")
    for action in ("person.roles", "person.closed"):
        AuditEntry.write(root, action, root.code)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # it reads a small table whole
    of_root = AuditEntry.objects.filter(object_code=str(root.code)).order_by("-pk")
    plan = of_root.explain()
    assert "audit_of_object" in plan
    assert "sort" not in plan.lower()
    assert "temp b-tree" not in plan.lower()
    assert [entry.action for entry in of_root] == ["person.closed", "person.roles"]
