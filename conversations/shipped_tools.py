"""The tools over HTTP that come with the program: they ask the sandbox, and are there while it answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

VERSION = 2

DEMO = "/demo/"
"""Where such a tool's address begins: a path on the sandbox, which only the process itself can find."""

TOOLS: tuple[dict[str, Any], ...] = (
    {
        "name": "get_weather",
        "position": 10,
        "label": gettext_noop("Weather"),
        "explains": gettext_noop("A made-up forecast for a city, from the sandbox."),
        "description": (
            "The weather forecast of a city for the coming days, beginning with today. The data are simulated: say so "
            "when you use them."
        ),
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Name of the city, as the user writes it", "maxLength": 80},
                "days": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": 7,
                    "default": 1,
                    "description": "How many days, today included",
                },
            },
            "required": ["city"],
        },
        "method": "GET",
        "url": f"{DEMO}weather?city={{city}}&days={{days}}",
    },
    {
        "name": "query_train_info",
        "position": 20,
        "label": gettext_noop("Trains"),
        "explains": gettext_noop("Made-up trains between two cities, from the sandbox."),
        "description": (
            "Trains from one city to another on a day: number, times, price of the second class and seats left. The "
            "data are simulated: say so when you use them."
        ),
        "parameters": {
            "type": "object",
            "properties": {
                "departure": {"type": "string", "description": "City where the journey begins", "maxLength": 80},
                "destination": {"type": "string", "description": "City where the journey ends", "maxLength": 80},
                "date": {"type": "string", "description": "Day of the journey, as YYYY-MM-DD", "maxLength": 20},
            },
            "required": ["departure", "destination", "date"],
        },
        "method": "POST",
        "url": f"{DEMO}trains",
    },
)
