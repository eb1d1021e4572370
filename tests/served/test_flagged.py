"""GLM flags a reply of 200 characters that three tabs have seen, one of which is offline then.

The same between two processes is in test_processes.py.
"""

import pytest

from tests.served.flagging import flagged_before_three_tabs
from tests.served.glm import Glm
from tests.served.site import Visitor

pytestmark = pytest.mark.served


def test_it_leaves_all_of_them(ann: Visitor, glm: Glm) -> None:
    code = flagged_before_three_tabs(ann, ann, glm.gate())
    assert ann.site.turn_states(code) == ["filtered"]
