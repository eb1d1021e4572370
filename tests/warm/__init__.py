"""`manage.py` without the wait for its imports: copies of a process that has loaded what needs no settings.

A start takes a second of a processor, most of it for modules that are the same for every site. Settings, models and
all that reads them are loaded in the copy, as ever. What a start itself does is tested with real ones
(tests/management).
"""
