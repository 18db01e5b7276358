"""Words that decide by themselves what a message wants, how it feels, and what is in danger."""

import re
from pathlib import Path

from frontdesk.assistant.local.folding import whole, word_lists
from frontdesk.assistant.values import EmergencyKind, Intent

_LISTS = word_lists(Path(__file__).with_suffix(".txt"))

YES = whole(_LISTS["yes"])
NO = whole(_LISTS["no"])
AGREED = whole(_LISTS["agreed"])
"""Said to a question of ours, a yes wherever it stands in a few words."""
NOT = whole(_LISTS["not"])
"""Where one of these is said, it is no plain yes."""
ASKS = whole(_LISTS["asks"])
"""What a question begins with."""
THANKS = whole(_LISTS["thanks"])
GREETING = whole(_LISTS["greeting"])
GOODBYE = whole(_LISTS["goodbye"])
LEAVING = whole(_LISTS["leaving"])
ON_LEAVING = whole(_LISTS["on_leaving"])
"""What is said with it and asks for nothing."""
STOP = whole(_LISTS["stop"])
START = whole(_LISTS["start"])
PERSON = whole(_LISTS["person"])
HOURS = whole(_LISTS["hours"])
"""Asks about the reception, and not for it."""
CANCEL = whole(_LISTS["cancel"])
START_OVER = whole(_LISTS["start_over"])
MINE = whole(_LISTS["mine"])
POLICY = whole(_LISTS["policy"])
ROOM = whole(_LISTS["room"])
INSIDE = whole(_LISTS["inside"])
"""Something about a room that the guest has."""
FREE = whole(_LISTS["free"])
EMERGENCIES = {kind: whole(_LISTS[f"emergency {kind}"]) for kind in EmergencyKind}
HARMLESS = whole(_LISTS["harmless"])
URGENT = whole(_LISTS["urgent"])
NEGATIVE = whole(_LISTS["negative"])
POSITIVE = whole(_LISTS["positive"])
SIGNS: dict[Intent, str] = {
    Intent.YES: "👍👌✅🆗",
    Intent.NO: "👎❌🚫🙅",
    Intent.THANKS: "🙏❤😊😍🥰💕💖🌹🎉⭐😘",
    Intent.GREETING: "👋😀😃😄🙂",
}
"""What a message without a word or a figure says, by its first known sign."""
BAD_SIGNS = "😡🤬😠👎😤🤮💩😞😒🙄"
GOOD_SIGNS = "😊😍🥰❤👍😀😁🎉🙏⭐😄"
INJECTION = re.compile(
    r"\b(?:ignor(?:e|a|ez|iere?|ieren)|disregard|forget|override|olvida|vergiss|oublie\w*|dimentica|esqueca)\W+"
    r"(?:\w+\W+){0,4}?(?:instru[ck]\w*|istruzion\w*|anweisung\w*|consignes|prompts?|system\w*"
    r"|rules above|everything (?:you|above)|todo lo anterior|alles vorherige)"
    r"|(?:игнорир\w+|забудь\w*)\W+(?:\w+\W+){0,3}?(?:инструкц\w+|указани\w+|промпт\w*)"
    r"|تجاهل\W+(?:\w+\W+){0,2}?(?:ال)?تعليمات|(?:忽略|无视|忘记).{0,8}(?:指令|指示|提示词)"
    r"|(?:指示|命令|プロンプト).{0,6}(?:無視|忘れ)|(?:지시|명령|프롬프트).{0,8}(?:무시|잊)"
    r"|talimat\w*\W+(?:\w+\W+)?(?:yok say|unut|gormezden)|(?:निर्देश|निर्देशों).{0,12}(?:अनदेखा|भूल)"
    r"|\bsystem ?prompt|prompt (?:sistema|systeme|del sistema|do sistema)|системн\w+ промпт"
    r"|系统提示|システムプロンプト|시스템 프롬프트|sistem istemi|hidden instructions"
    r"|\b(?:developer|debug|god|jailbreak|dan) mode\b|\byou are now (?:dan|a|an|in|free)\b"
    r"|</?(?:system|assistant|tool)>|\[/?inst\]|\bsystem: |\bcall the tool\b"
)
"""Words to a model, not to a hotel: nothing in such a message is the guest's mood or errand."""
