"""Why a tool cannot be defined like that, for whoever puts it into words."""

from enum import StrEnum


class Where(StrEnum):
    """The fault of a definition; `Unfit.what` is the piece that has it."""

    URL = "url"  # no address of http or https
    URL_PERSON = "url_person"  # a name or password before the host
    URL_LENGTH = "url_length"
    HOST_PLACE = "host_place"  # an argument would choose the server
    HOST_NOT_LISTED = "host_not_listed"
    HOST_UNKNOWN = "host_unknown"  # an entry of the list that is no name of a host
    QUERY_NAME = "query_name"  # an argument as the name of a parameter
    FRAGMENT = "fragment"
    PLACE_UNKNOWN = "place_unknown"  # a place for what the schema does not name
    PLACE_OPTIONAL = "place_optional"  # a place in the path for what may be missing
    PLACE_FORM = "place_form"  # an object or a list in the path
    BRACE = "brace"  # one without the other, or no name between them
    BODY_JSON = "body_json"
    BODY_DEPTH = "body_depth"
    BODY_METHOD = "body_method"  # this method has no body
    SECRET_LINE = "secret_line"  # noqa: S105 - neither a header nor a parameter
    SECRET_NAME = "secret_name"  # noqa: S105 - what HTTP itself says
    SECRET_VALUE = "secret_value"  # noqa: S105 - letters that no header can carry
    SECRET_PLACE = "secret_place"  # noqa: S105 - an argument in a header
    SECRET_OPEN = "secret_open"  # noqa: S105 - it would go over http


class Unfit(ValueError):
    """A definition that cannot work, or must not."""

    def __init__(self, where: Where, what: str = "") -> None:
        super().__init__(f"{where}: {what}" if what else where.value)
        self.where = where
        self.what = what
