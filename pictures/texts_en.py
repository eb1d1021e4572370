"""What the English pictures tell."""

TITLE = "Groups for the reading club"
HELD_TITLE = "A scene for chapter nine"
HELD_QUESTION = "Write the scene in which the quarrel in the kitchen turns ugly."
SHORT_REPLY = "Yes. Begin with the largest part, then see what is left."

EARLIER = (
    (0, ("Django migration hangs", "How do I find out why a migration hangs?")),
    (0, ("Letter about the delay", "Draft a short letter that tells a client about a delay of a week.")),
    (1, ("Three days in Quanzhou", "Plan three unhurried days in Quanzhou.")),
    (1, ("Window functions", "Give me five exercises on SQL window functions.")),
    (4, ("Repotting an olive tree", "When is an olive tree repotted?")),
    (5, ("Notes on chapter five", "Which questions does chapter five leave open?")),
    (20, ("Sourdough, a timetable", "Make a timetable for a sourdough loaf that is ready at nine.")),
)

TURNS = (
    (
        "Our reading club has 38 members. How do we split into groups of at most six, as even as can be?",
        "38 / 6 = 6.33, so at least 7 groups. 38 = 7 · 5 + 3: three groups of six, four of five.",
        """## Seven groups

At most six people a group means at least $\\lceil 38 / 6 \\rceil = 7$ groups. Evenly spread that gives

| groups | people each | together |
| --- | ---: | ---: |
| 3 | 6 | 18 |
| 4 | 5 | 20 |
| **7** | | **38** |

No two groups differ by more than one person.
""",
        14,
    ),
    (
        "Good. A small script that draws the lots each month, please.",
        "",
        """Put the names into `members.txt`, one a line. A month always gives the same groups: no second try.

```python
import datetime, random

names = open("members.txt").read().split("\\n")
month = datetime.date.today().strftime("%Y-%m")
random.Random(month).shuffle(names)

for number in range(7):
    print(number + 1, *names[number::7], sep="  ")
```

- **New members** need no change: groups stay even by themselves.
- More than 42 members need an eighth group.
""",
        9,
    ),
)

# The case of the desk's pictures: a turn before it, its question and reply, a turn after it.
CASE = (
    ("Who is this leaflet for?", "Adult patients and community pharmacists, so the wording should be plain and exact."),
    "Write the “overdose” section of the painkiller leaflet in plain words.",
    "**Overdose.** More than the stated dose may damage the liver. Get medical help at once, even if you feel well.\n\n"
    "- Adults: one tablet, at most four times in 24 hours\n- Take the leaflet with you to the doctor",
    ("Then “dosage”, please.", "Adults and children over 12: one tablet every 4 to 6 hours."),
)
