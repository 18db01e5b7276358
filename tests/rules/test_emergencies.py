"""What is a danger in fourteen languages, and what only sounds like one."""

import pytest

from frontdesk.assistant.local.engine import find_emergency
from frontdesk.assistant.local.folding import fold
from frontdesk.assistant.local.phrases import URGENT
from frontdesk.assistant.values import EmergencyKind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("There is a fire in the corridor", EmergencyKind.FIRE),
        ("huele a humo en mi habitación", EmergencyKind.FIRE),
        ("es brennt!", EmergencyKind.FIRE),
        ("пожар", EmergencyKind.FIRE),
        ("my husband can't breathe", EmergencyKind.MEDICAL),
        ("il est inconscient", EmergencyKind.MEDICAL),
        ("my father has chest pain", EmergencyKind.MEDICAL),
        ("someone fell and is bleeding a lot", EmergencyKind.MEDICAL),
        ("a mi mujer le da un dolor en el pecho", EmergencyKind.MEDICAL),
        ("meine Frau ist ohnmächtig", EmergencyKind.MEDICAL),
        ("mon mari ne se réveille pas", EmergencyKind.MEDICAL),
        ("mio padre ha un ictus", EmergencyKind.MEDICAL),
        ("meu pai está com dor no peito", EmergencyKind.MEDICAL),
        ("у отца боль в груди", EmergencyKind.MEDICAL),
        ("أبي لديه ألم في صدره", EmergencyKind.MEDICAL),
        ("me han robado", EmergencyKind.VIOLENCE),
        ("I want to die", EmergencyKind.SELF_HARM),
        ("I can't find my daughter", EmergencyKind.CHILD_ALONE),
        ("ضاع طفلي", EmergencyKind.CHILD_ALONE),
        ("Er is brand op mijn kamer!", EmergencyKind.FIRE),
        ("Odamda yangın var!", EmergencyKind.FIRE),
        ("我房间着火了！", EmergencyKind.FIRE),
        ("部屋が火事です！", EmergencyKind.FIRE),
        ("방에 불이 났어요!", EmergencyKind.FIRE),
        ("मेरे कमरे में आग लगी है!", EmergencyKind.FIRE),
        ("Mijn man krijgt geen lucht, bel een ambulance", EmergencyKind.MEDICAL),
        ("Kocam nefes alamıyor, ambulans çağırın", EmergencyKind.MEDICAL),
        ("我丈夫不能呼吸了，快叫救护车", EmergencyKind.MEDICAL),
        ("夫が息をしていません、救急車を呼んでください", EmergencyKind.MEDICAL),
        ("남편이 숨을 못 쉬어요, 구급차 불러 주세요", EmergencyKind.MEDICAL),
        ("मेरे पति साँस नहीं ले पा रहे, एम्बुलेंस बुलाइए", EmergencyKind.MEDICAL),
        ("Iemand probeert in te breken met een mes", EmergencyKind.VIOLENCE),
        ("Biri bıçakla kapıya saldırıyor", EmergencyKind.VIOLENCE),
        ("有人拿刀威胁我", EmergencyKind.VIOLENCE),
        ("男がナイフで脅しています", EmergencyKind.VIOLENCE),
        ("어떤 남자가 칼로 위협해요", EmergencyKind.VIOLENCE),
        ("एक आदमी चाकू से धमका रहा है", EmergencyKind.VIOLENCE),
        ("Ik wil dood", EmergencyKind.SELF_HARM),
        ("Ölmek istiyorum", EmergencyKind.SELF_HARM),
        ("我不想活了", EmergencyKind.SELF_HARM),
        ("死にたい", EmergencyKind.SELF_HARM),
        ("죽고 싶어요", EmergencyKind.SELF_HARM),
        ("मैं मरना चाहता हूँ", EmergencyKind.SELF_HARM),
        ("Ik kan mijn kind niet vinden", EmergencyKind.CHILD_ALONE),
        ("Çocuğumu bulamıyorum", EmergencyKind.CHILD_ALONE),
        ("我的孩子不见了", EmergencyKind.CHILD_ALONE),
        ("子供がいなくなりました", EmergencyKind.CHILD_ALONE),
        ("아이가 없어졌어요", EmergencyKind.CHILD_ALONE),
        ("मेरा बच्चा नहीं मिल रहा", EmergencyKind.CHILD_ALONE),
        ("Is there a fireplace in the room?", None),
        ("Where is the fire extinguisher?", None),
        ("this view is to die for", None),
        ("Is er een brandblusser op de kamer?", None),
        ("Mag ik een mes en vork?", None),
        ("Odada ışık yanıyor mu?", None),
        ("房间里有壁炉吗？", None),
        ("请打我房间电话", None),
        ("房间没有被打扫", None),
        ("暖炉に火をつけてもらえますか", None),
        ("ナイフとフォークをください", None),
        ("방에 불이 나갔어요", None),
        ("택시 타고 있어요, 곧 도착해요", None),
        ("심장마비 걸릴 뻔했어요, 경치가 너무 예뻐서", None),
        ("क्या चाकू मिलेगा?", None),
    ],
)
def test_emergencies(text: str, kind: EmergencyKind | None) -> None:
    assert find_emergency(fold(text)) is kind


@pytest.mark.parametrize(
    "text",
    [
        "my child is locked in the elevator and crying",
        "estamos atrapados en el ascensor",
        "wir stecken im Aufzug fest",
        "nous sommes bloqués dans l'ascenseur",
        "siamo bloccati in ascensore",
        "estamos presos no elevador",
        "мы застряли в лифте",
        "نحن عالقون في المصعد",
        "we zitten vast in de lift",
        "asansörde mahsur kaldık",
        "我们被困在电梯里了",
        "エレベーターに閉じ込められました",
        "엘리베이터에 갇혔어요",
        "हम लिफ्ट में फँस गए हैं",
    ],
)
def test_who_is_shut_in_a_lift_waits_for_nobody(text: str) -> None:
    assert URGENT.search(fold(text))
