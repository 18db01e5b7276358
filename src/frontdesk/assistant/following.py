"""“And how much is it?”: a question that names nothing goes on from the one before."""

from frontdesk.assistant.values import Scene
from frontdesk.knowledge.vocabulary import named

LONG = 9
"""Words; who writes more names what they mean."""
GOES_ON = frozenset({"price", "included", "when", "where", "far", "size", "often", "may"})


def in_full(scene: Scene, text: str) -> str:
    """The question with the one it goes on from."""
    meant = before(scene, text)
    return text if meant is None else f"{meant} {text}"


def follows(scene: Scene, text: str) -> bool:
    """It asks for a property, of nothing, and there is something to ask it of."""
    return before(scene, text) is not None


def before(scene: Scene, text: str) -> str | None:
    """What was asked just before and is still meant."""
    if scene.state.get("stage", "idle") != "idle" or len(text.split()) > LONG:
        return None
    if named("subjects", text) or not named("asking", text) & GOES_ON:
        return None
    asked = next((line.text for line in reversed(scene.history) if line.author == "guest"), "")
    return asked if len(asked.split()) <= 2 * LONG and named("subjects", asked) else None
