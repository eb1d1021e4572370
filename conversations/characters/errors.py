"""Why a file is no card."""


class CardError(Exception):
    """A file from which no character was read.

    CardError
     ├── NoCard      neither a picture with a card in it nor a card by itself
     ├── Unreadable  a card by its name, but damaged or not what such a card is
     ├── TooLong     the card, or a piece of its file, is larger than is read
     └── TooDeep     values in values beyond anything that a card needs
    """


class NoCard(CardError):
    """Neither a picture with a card in it nor a card by itself."""


class Unreadable(CardError):
    """A card by its name, but damaged or not what such a card is."""


class TooLong(CardError):
    """The card, or a piece of its file, is larger than is read."""


class TooDeep(CardError):
    """Values in values beyond anything that a card needs."""
