"""Why a command of a person is not carried out."""


class CommandError(Exception):
    """A command that cannot be carried out now; nothing was stored.

    CommandError
     ├── Busy                   a reply is still being written in this conversation
     ├── Missing                no such conversation or message for this person
     ├── NoPicture              a picture of the message is not there any more
     ├── Unfit                  the message is not one that this command works on
     ├── delegated.TooManyJobs  as many jobs are open as may be, of the person or of all
     ├── drafts.Overtaken       the draft has changed elsewhere since the page saw it
     └── upcoming.Crowded       together with what waits already it is too long
    """


class Busy(CommandError):
    """A reply is still being written in this conversation."""


class Missing(CommandError):
    """No such conversation or message for this person."""


class NoPicture(CommandError):
    """A picture of the message is not there any more."""


class Unfit(CommandError):
    """The message is not one that this command works on."""
