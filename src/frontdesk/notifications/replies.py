"""What a member of staff is answered on their own phone, in their own language."""

from collections.abc import Mapping

LANGUAGES = ("en", "es", "de", "fr", "it", "pt", "ru", "ar")
REPLIES: Mapping[str, tuple[str, ...]] = {
    "help": (
        "To take an alert, reply OK. To change a room, write e.g. 204 clean.",
        "Para encargarse de un aviso, responda OK. Para cambiar una habitación, escriba p. ej. "
        "204 limpia.",
        "Um einen Hinweis zu übernehmen, antworten Sie OK. Um ein Zimmer zu ändern, schreiben Sie "
        "z. B. 204 sauber.",
        "Pour vous charger d'une alerte, répondez OK. Pour changer une chambre, écrivez p. ex. "
        "204 propre.",
        "Per prendere in carico un avviso, rispondi OK. Per cambiare una camera, scrivi ad es. "
        "204 pulita.",
        "Para assumir um aviso, responda OK. Para mudar um quarto, escreva p. ex. 204 limpa.",
        "Чтобы взять оповещение, ответьте OK. Чтобы изменить номер, напишите, например, 204 чисто.",
        "لتتولى تنبيهًا أجب بـ OK. لتغيير حالة غرفة اكتب مثلًا: 204 نظيفة.",
    ),
    "none": (
        "There is no open alert.",
        "No hay ningún aviso abierto.",
        "Es gibt keinen offenen Hinweis.",
        "Il n'y a aucune alerte ouverte.",
        "Non c'è nessun avviso aperto.",
        "Não há nenhum aviso aberto.",
        "Открытых оповещений нет.",
        "لا يوجد تنبيه مفتوح.",
    ),
    "gone": (
        "There is no such alert any more.",
        "Ese aviso ya no existe.",
        "Diesen Hinweis gibt es nicht mehr.",
        "Cette alerte n'existe plus.",
        "Questo avviso non esiste più.",
        "Esse aviso já não existe.",
        "Такого оповещения больше нет.",
        "هذا التنبيه لم يعد موجودًا.",
    ),
    "another": (
        "Somebody has it already: {title}",
        "Ya se encarga otra persona: {title}",
        "Das hat schon jemand übernommen: {title}",
        "Quelqu'un s'en charge déjà : {title}",
        "Se ne occupa già qualcun altro: {title}",
        "Já está com outra pessoa: {title}",
        "Это уже взял кто-то другой: {title}",
        "تولاه شخص آخر بالفعل: {title}",
    ),
    "yours": (
        "✅ It is yours: {title}",
        "✅ Queda a su cargo: {title}",
        "✅ Sie haben es übernommen: {title}",
        "✅ C'est à vous : {title}",
        "✅ È in carico a te: {title}",
        "✅ Fica consigo: {title}",
        "✅ Теперь это ваше: {title}",
        "✅ أصبح من مسؤوليتك: {title}",
    ),
    "no_room": (
        "There is no room {number}.",
        "No hay ninguna habitación {number}.",
        "Es gibt kein Zimmer {number}.",
        "Il n'y a pas de chambre {number}.",
        "Non c'è nessuna camera {number}.",
        "Não há nenhum quarto {number}.",
        "Номера {number} нет.",
        "لا توجد غرفة {number}.",
    ),
    "stays": (
        "Room {number} stays {status}: {why}.",
        "La habitación {number} sigue {status}: {why}.",
        "Zimmer {number} bleibt {status}: {why}.",
        "La chambre {number} reste {status} : {why}.",
        "La camera {number} resta {status}: {why}.",
        "O quarto {number} continua {status}: {why}.",
        "Номер {number} остаётся в состоянии «{status}»: {why}.",
        "تبقى الغرفة {number} على حالها ({status}): {why}.",
    ),
    "room": (
        "✅ Room {number} is {status}.",
        "✅ La habitación {number} está {status}.",
        "✅ Zimmer {number} ist {status}.",
        "✅ La chambre {number} est {status}.",
        "✅ La camera {number} è {status}.",
        "✅ O quarto {number} está {status}.",
        "✅ Номер {number}: {status}.",
        "✅ الغرفة {number}: {status}.",
    ),
    "clean": ("clean", "limpia", "sauber", "propre", "pulita", "limpo", "чисто", "نظيفة"),
    "dirty": ("dirty", "sucia", "schmutzig", "sale", "sporca", "sujo", "грязно", "متسخة"),
    "inspected": (
        *("inspected", "revisada", "geprüft", "inspectée"),
        *("ispezionata", "inspecionado", "проверено", "مفحوصة"),
    ),
    "out_of_order": (
        *("out of order", "fuera de servicio", "außer Betrieb", "hors service"),
        *("fuori servizio", "fora de serviço", "не работает", "خارج الخدمة"),
    ),
    "occupied": (
        *("occupied", "ocupada", "belegt", "occupée", "occupata", "ocupado", "занято", "مشغولة"),
    ),
}


def reply(language: str, name: str, **said: str) -> str:
    """English where a person's language is none of ours."""
    at = LANGUAGES.index(language) if language in LANGUAGES else 0
    return REPLIES[name][at].format(**said)
