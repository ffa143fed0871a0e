"""A question a day for who does not know how to begin; only if it is wanted."""

from __future__ import annotations

from datetime import date
from typing import Final

from backend import get_preference
from backend.dates import today
from backend.preferences import DAILY_PROMPT

# A prime number of days apart, so that neighbours in the list are not neighbours in the year.
_STEP: Final = 17

PROMPTS: Final = (
    "What did you notice on the way today?",
    "Who made you smile, and how?",
    "What took longer than you thought?",
    "What would you tell a friend about this week?",
    "Which room were you in most, and what was it like there?",
    "What did you eat, and with whom?",
    "What did you put off, and why?",
    "What did you finish?",
    "What was the weather doing when you looked up?",
    "What did you learn that you did not look for?",
    "Whom did you think of without seeing them?",
    "What would you like to remember of today in ten years?",
    "What did you say no to?",
    "What are you waiting for?",
    "What was the quietest moment of the day?",
    "What did your hands do today?",
    "Which sentence that somebody said has stayed with you?",
    "What did you spend money on, and was it worth it?",
    "What would you do again tomorrow exactly like this?",
    "What surprised you?",
    "What did you carry around with you that was not yours to carry?",
    "Where did you feel at home?",
    "What did you read, watch or listen to, and what is left of it?",
    "What did you change your mind about?",
    "Who helped you, and whom did you help?",
    "What is different from a year ago?",
    "What did you walk past that you would like to go back to?",
    "What was hard, and how did you get through it?",
    "What are you curious about just now?",
    "What did you do for the first time?",
    "What did you do that you have done a thousand times?",
    "Which plan came to nothing, and what came instead?",
    "What would this day be called if it were a chapter?",
    "What are you looking forward to?",
    "What did you forget, and did it matter?",
    "What did your body tell you today?",
    "Whom do you owe a letter?",
    "What did you hear before you got up?",
    "What made you impatient?",
    "What were you proud of, if only for a minute?",
    "Which small thing made the day easier?",
    "What did you leave as it was?",
    "Where would you rather have been?",
    "What did you talk about at length?",
    "What did you keep to yourself?",
    "What grew, and what got less?",
    "What is on your table, and why is it there?",
    "What did you repair, clean or put in order?",
    "What did you dream, as far as you know?",
    "What would you ask yourself if you were somebody else?",
    "What was beautiful?",
    "What is the next small step?",
)


def prompt_for(day: date) -> str:
    """Return the prompt of a day, the same for every caller."""
    return PROMPTS[day.toordinal() * _STEP % len(PROMPTS)]


def is_prompting() -> bool:
    """Whether the writer wants prompts; blocks.

    Raises:
        StorageError: that cannot be read.
    """
    return get_preference(DAILY_PROMPT)


def todays_prompt() -> str:
    """Return the prompt of today, "" if none is wanted; blocks.

    Raises:
        StorageError: it cannot be read whether one is.
    """
    return prompt_for(today()) if is_prompting() else ""
