"""How a guest picks from a numbered list: “2”, "ok, number 2 please", "la segunda"."""

import re

from frontdesk.assistant.local.folding import any_of, fold

NTH = (
    "first|first one|primera|primero|primer|erste|ersten|erstes|première|premier|prima|primo"
    "|primeira|primeiro|первый|первая|первое|первую|الأول|الأولى",
    "second|second one|segunda|segundo|zweite|zweiten|zweites|deuxième|seconda|secondo|второй"
    "|вторая|второе|вторую|الثاني|الثانية",
    "third|third one|tercera|tercero|dritte|dritten|drittes|troisième|terza|terzo|terceira"
    "|terceiro|третий|третья|третье|третью|الثالث|الثالثة",
)
ORDINALS = {fold(word): n for n, words in enumerate(NTH, 1) for word in words.split("|")}
AROUND = any_of(
    "ok|okay|yes|the|number|no|nr|option|room|i take|i'll take|we take|we'll take|please|thanks"
    "|let's take|then|so|si|sí|vale|la|el|lo|número|opción|quiero|me quedo con|por favor|gracias"
    "|ja|die|das|der|den|dann|also|nummer|ich nehme|wir nehmen|bitte|danke|oui|le|numéro|je prends"
    "|nous prenons|s'il vous plaît|svp|merci|sì|il|numero|prendo|prendiamo|per favore|grazie|sim"
    "|o|a|fico com|obrigado|obrigada|да|номер|вариант|беру|пожалуйста|спасибо|رقم|نعم|من فضلك"
)
WORD = "|".join(sorted(map(re.escape, ORDINALS), key=len, reverse=True))
PICK = re.compile(
    rf"(?:(?:{AROUND})[\s,.:]+)*#?(?:(?P<n>\d{{1,2}})|(?P<word>{WORD}))(?:[\s,.]+(?:{AROUND}))*"
)
"""Of a folded text."""
