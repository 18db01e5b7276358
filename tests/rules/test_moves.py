"""Small words of a change in fourteen languages: so many days, a night more, out late, cheaper."""

import pytest

from frontdesk.assistant.heard import hear
from frontdesk.assistant.heard_shift import without_moves
from frontdesk.assistant.local.folding import fold

SAID = """
two days later | days 2
one day earlier | days -1
can we come a day later | days 1
dos días después | days 2
un día antes | days -1
llegamos un día más tarde | days 1
zwei Tage später | days 2
einen Tag früher | days -1
deux jours plus tard | days 2
un jour plus tôt | days -1
due giorni dopo | days 2
un giorno prima | days -1
dois dias depois | days 2
um dia antes | days -1
twee dagen later | days 2
een dag eerder | days -1
на два дня позже | days 2
на день раньше | days -1
iki gün geç | days 2
bir gün erken | days -1
متأخر بيومين | days 2
أبكر بيوم | days -1
晚两天 | days 2
早一天 | days -1
二日後に変更 | days 2
一日早く | days -1
이틀 뒤로 | days 2
하루 일찍 | days -1
दो दिन देर से | days 2
एक दिन जल्दी | days -1
one more night | nights 1
stay another night | nights 1
una noche más | nights 1
noch eine Nacht | nights 1
eine Nacht länger | nights 1
une nuit de plus | nights 1
una notte in più | nights 1
mais uma noite | nights 1
nog een nacht | nights 1
een nacht langer | nights 1
ещё одну ночь | nights 1
на одну ночь дольше | nights 1
bir gece daha | nights 1
ليلة إضافية | nights 1
多住一晚 | nights 1
もう一泊 | nights 1
하룻밤 더 | nights 1
1박 더 | nights 1
एक रात और | nights 1
late check-out please | late_out True
salida tardía | late_out True
später auschecken | late_out True
départ tardif | late_out True
check-out più tardi | late_out True
late checkout até as 14h | late_out True
later uitchecken | late_out True
поздний выезд | late_out True
geç çıkış | late_out True
مغادرة متأخرة | late_out True
延迟退房 | late_out True
レイトチェックアウト | late_out True
레이트 체크아웃 | late_out True
लेट चेक-आउट | late_out True
anything cheaper? | cheap True
¿algo más barato? | cheap True
etwas Günstigeres? | cheap True
quelque chose de moins cher ? | cheap True
qualcosa di più economico? | cheap True
algo mais barato? | cheap True
iets goedkopers? | cheap True
что-нибудь подешевле? | cheap True
daha ucuz bir şey var mı? | cheap True
شيء أرخص؟ | cheap True
有便宜点的吗 | cheap True
もっと安い部屋はありますか | cheap True
더 싼 방 있나요 | cheap True
कुछ सस्ता? | cheap True
iki gün daha geç | days 2
iki gün geç gelsek | days 2
bir gün erken | days -1
推迟一天 | days 1
提前两天到 | days -2
晚到一天 | days 1
2日遅くしたい | days 2
二日後に変更 | days 2
一日早くチェックイン | days -1
3일 뒤로 미뤄 주세요 | days 3
이틀 늦게 가도 되나요 | days 2
하루 앞당길 수 있나요 | days -1
दो दिन देर से | days 2
een week later | days 7
een dag later aankomen | days 1
we komen twee dagen later | days 2
we arrive early, at 2 | days 0
早上到 | days 0
十二月二日 | days 0
12日に着きます | days 0
明日早く着きます | days 0
내일 일찍 도착해요 | days 0
하루 종일 | days 0
bir gün önce gelsek | days -1
early check-in | days 0
iki gün önce yazdım | days 0
हमने दो दिन पहले लिखा था | days 0
we wrote two days ago | days 0
"""


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_what_is_wanted_of_a_stay_is_heard(line: str) -> None:
    said, wanted = line.rsplit(" | ", 1)
    field, value = wanted.split()
    assert str(getattr(hear(said), field)) == value


@pytest.mark.parametrize("line", SAID.strip().splitlines())
def test_what_moves_a_stay_is_read_for_no_date_of_its_own(line: str) -> None:
    said, wanted = line.rsplit(" | ", 1)
    folded = fold(said)
    assert (without_moves(folded) == folded) == (
        not wanted.startswith("days") or wanted == "days 0"
    )
