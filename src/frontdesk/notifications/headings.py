"""Our own alerts' titles, in the language of who is told; what stays to be filled is in braces."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from frontdesk.kit.languages import column
from frontdesk.notifications.models import StaffNotification

KEPT = "heading"
"""Where an alert's details say which title it has."""
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "a_guest": (
        *("A guest", "Un huésped", "Ein Gast", "Un client"),
        *("Un ospite", "Um hóspede", "Гость", "نزيل"),
    ),
    "unfiled": (
        "A message could not be shown",
        "No se pudo mostrar un mensaje",
        "Eine Nachricht konnte nicht gezeigt werden",
        "Un message n'a pas pu être affiché",
        "Un messaggio non si è potuto mostrare",
        "Não foi possível mostrar uma mensagem",
        "Сообщение не удалось показать",
        "تعذّر عرض رسالة",
    ),
    "late": (
        "Messages came late",
        "Llegaron mensajes con retraso",
        "Nachrichten kamen verspätet",
        "Des messages sont arrivés en retard",
        "Messaggi arrivati in ritardo",
        "Chegaram mensagens com atraso",
        "Сообщения пришли с опозданием",
        "وصلت رسائل متأخرة",
    ),
    "dead": (
        "The assistant could not answer",
        "El asistente no pudo responder",
        "Der Assistent konnte nicht antworten",
        "L'assistant n'a pas pu répondre",
        "L'assistente non ha potuto rispondere",
        "O assistente não conseguiu responder",
        "Ассистент не смог ответить",
        "لم يتمكن المساعد من الرد",
    ),
    "missed_call": (
        *("Missed call", "Llamada perdida", "Verpasster Anruf", "Appel manqué"),
        *("Chiamata persa", "Chamada perdida", "Пропущенный звонок", "مكالمة فائتة"),
    ),
    "whatsapp_down": (
        "WhatsApp needs attention",
        "WhatsApp necesita atención",
        "WhatsApp braucht Aufmerksamkeit",
        "WhatsApp demande votre attention",
        "WhatsApp richiede attenzione",
        "O WhatsApp precisa de atenção",
        "WhatsApp требует внимания",
        "واتساب يحتاج إلى انتباه",
    ),
    "webhook_given_up": (
        "A webhook is given up",
        "Se abandona un webhook",
        "Ein Webhook wird aufgegeben",
        "Un webhook est abandonné",
        "Un webhook viene abbandonato",
        "Desistiu-se de um webhook",
        "Вебхук больше не вызывается",
        "تُوقفت محاولات webhook",
    ),
    "rules_latched": (
        "Rules send too many messages: they are stopped",
        "Las reglas envían demasiados mensajes: están detenidas",
        "Regeln senden zu viele Nachrichten: sie sind angehalten",
        "Les règles envoient trop de messages : elles sont arrêtées",
        "Le regole inviano troppi messaggi: sono ferme",
        "As regras enviam mensagens a mais: estão paradas",
        "Правила шлют слишком много сообщений: они остановлены",
        "القواعد ترسل رسائل كثيرة جدًا: أُوقفت",
    ),
    "rule_broken": (
        "The rule {rule} cannot be worked",
        "La regla {rule} no se puede ejecutar",
        "Die Regel {rule} kann nicht ausgeführt werden",
        "La règle {rule} ne peut pas être exécutée",
        "La regola {rule} non si può eseguire",
        "A regra {rule} não pode ser executada",
        "Правило {rule} выполнить нельзя",
        "لا يمكن تنفيذ القاعدة {rule}",
    ),
    "pms_conflict": (
        "{number} reservations of the PMS do not fit",
        "{number} reservas del PMS no encajan",
        "{number} Reservierungen des PMS passen nicht",
        "{number} réservations du PMS ne conviennent pas",
        "{number} prenotazioni del PMS non combaciano",
        "{number} reservas do PMS não encaixam",
        "Брони из PMS не подходят: {number}",
        "حجوزات من نظام الفندق لا تتوافق: {number}",
    ),
    "same_guest": (
        "Two guests with bookings write from one phone",
        "Dos huéspedes con reserva escriben desde un mismo teléfono",
        "Zwei Gäste mit Buchung schreiben von einem Telefon",
        "Deux clients avec réservation écrivent d'un même téléphone",
        "Due ospiti con prenotazione scrivono da un solo telefono",
        "Dois hóspedes com reserva escrevem do mesmo telefone",
        "Два гостя с бронью пишут с одного телефона",
        "نزيلان لديهما حجز يكتبان من هاتف واحد",
    ),
    "late_check_out": (
        *("Late check-out: {code}", "Salida tardía: {code}", "Späte Abreise: {code}"),
        *("Départ tardif : {code}", "Check-out posticipato: {code}", "Saída tardia: {code}"),
        *("Поздний выезд: {code}", "مغادرة متأخرة: {code}"),
    ),
    "mention": (
        "{name}: you are named in a note",
        "{name}: le mencionan en una nota",
        "{name}: Sie sind in einer Notiz genannt",
        "{name} : vous êtes cité dans une note",
        "{name}: la citano in una nota",
        "{name}: foi mencionado numa nota",
        "{name}: вас упомянули в заметке",
        "{name}: ذُكر اسمك في ملاحظة",
    ),
    "assigned": (
        *("{name} has the chat now", "ahora lleva la conversación {name}"),
        *("den Chat hat jetzt {name}", "la conversation est désormais à {name}"),
        *("la conversazione ora è di {name}", "a conversa agora é de {name}"),
        *("чат теперь у {name}", "المحادثة الآن لدى {name}"),
    ),
    "task": (
        *("Task {number}: {task}", "Tarea {number}: {task}", "Aufgabe {number}: {task}"),
        *("Tâche {number} : {task}", "Attività {number}: {task}", "Tarefa {number}: {task}"),
        *("Задача {number}: {task}", "المهمة {number}: {task}"),
    ),
    "task_in_room": (
        "Task {number}: {task}, room {room}",
        "Tarea {number}: {task}, habitación {room}",
        "Aufgabe {number}: {task}, Zimmer {room}",
        "Tâche {number} : {task}, chambre {room}",
        "Attività {number}: {task}, camera {room}",
        "Tarefa {number}: {task}, quarto {room}",
        "Задача {number}: {task}, номер {room}",
        "المهمة {number}: {task}، الغرفة {room}",
    ),
    "task_overdue": (
        "Task {number} is late: {task}",
        "La tarea {number} va con retraso: {task}",
        "Aufgabe {number} ist überfällig: {task}",
        "La tâche {number} est en retard : {task}",
        "L'attività {number} è in ritardo: {task}",
        "A tarefa {number} está atrasada: {task}",
        "Задача {number} просрочена: {task}",
        "المهمة {number} متأخرة: {task}",
    ),
    "danger_fire": (
        *("EMERGENCY: fire", "EMERGENCIA: incendio", "NOTFALL: Feuer", "URGENCE : incendie"),
        *("EMERGENZA: incendio", "EMERGÊNCIA: incêndio", "ЧП: пожар", "طوارئ: حريق"),
    ),
    "danger_medical": (
        *("EMERGENCY: medical", "EMERGENCIA: médica", "NOTFALL: medizinisch"),
        *("URGENCE : médicale", "EMERGENZA: medica", "EMERGÊNCIA: médica"),
        *("ЧП: нужен врач", "طوارئ: حالة طبية"),
    ),
    "danger_violence": (
        *("EMERGENCY: violence", "EMERGENCIA: violencia", "NOTFALL: Gewalt"),
        *("URGENCE : violence", "EMERGENZA: violenza", "EMERGÊNCIA: violência"),
        *("ЧП: насилие", "طوارئ: عنف"),
    ),
    "danger_self_harm": (
        *("EMERGENCY: self harm", "EMERGENCIA: autolesión", "NOTFALL: Selbstgefährdung"),
        *("URGENCE : risque suicidaire", "EMERGENZA: autolesionismo", "EMERGÊNCIA: autolesão"),
        *("ЧП: угроза себе", "طوارئ: إيذاء النفس"),
    ),
    "danger_child_alone": (
        *("EMERGENCY: child alone", "EMERGENCIA: menor solo", "NOTFALL: Kind allein"),
        *("URGENCE : enfant seul", "EMERGENZA: bambino solo", "EMERGÊNCIA: criança sozinha"),
        *("ЧП: ребёнок один", "طوارئ: طفل بمفرده"),
    ),
    "complaint": (
        *("complaint", "queja", "Beschwerde", "réclamation"),
        *("reclamo", "reclamação", "жалоба", "شكوى"),
    ),
    "emergency": (
        *("emergency", "emergencia", "Notfall", "urgence"),
        *("emergenza", "emergência", "ЧП", "طوارئ"),
    ),
    "asked_for_person": (
        *("asked for person", "pide una persona", "möchte einen Menschen sprechen"),
        *("demande une personne", "chiede una persona", "pede uma pessoa"),
        *("просит человека", "يطلب التحدث مع شخص"),
    ),
    "unknown_answer": (
        *("unknown answer", "respuesta desconocida", "unbekannte Antwort", "réponse inconnue"),
        *("risposta sconosciuta", "resposta desconhecida", "ответ неизвестен", "جواب غير معروف"),
    ),
    "cannot_see": (
        *("cannot see", "el bot no puede verlo", "der Bot kann es nicht sehen"),
        *("le bot ne peut pas le voir", "il bot non può vederlo", "o bot não consegue ver"),
        *("бот не может это увидеть", "لا يستطيع البوت رؤيته"),
    ),
    "change_booking": (
        *("change booking", "cambio de reserva", "Buchung ändern", "modifier la réservation"),
        *("modifica della prenotazione", "alterar a reserva", "изменить бронь", "تعديل الحجز"),
    ),
    "identity_locked": (
        *("identity locked", "identificación bloqueada", "Nachweis gesperrt"),
        *("identification bloquée", "identificazione bloccata", "identificação bloqueada"),
        *("проверка личности закрыта", "أُقفل إثبات الهوية"),
    ),
    "runaway": (
        *("runaway", "demasiados mensajes", "zu viele Nachrichten", "trop de messages"),
        *("troppi messaggi", "demasiadas mensagens", "слишком много сообщений", "رسائل كثيرة جدًا"),
    ),
    "lock": (
        *("lock", "respuesta retenida", "Antwort zurückgehalten", "réponse retenue"),
        *("risposta trattenuta", "resposta retida", "ответ задержан", "حُجز الرد"),
    ),
    "autonomy_off": (
        *("autonomy off", "el bot no responde aquí", "der Bot antwortet hier nicht"),
        *("le bot ne répond pas ici", "il bot qui non risponde", "o bot não responde aqui"),
        *("бот здесь не отвечает", "البوت لا يرد هنا"),
    ),
    "low_confidence": (
        *("low confidence", "poca seguridad", "unsicher verstanden", "compréhension incertaine"),
        *("comprensione incerta", "pouca certeza", "понято неуверенно", "فهم غير مؤكد"),
    ),
    "sentiment": (
        *("sentiment", "mal humor", "schlechte Stimmung", "mécontentement"),
        *("malcontento", "mau humor", "плохое настроение", "استياء"),
    ),
    "urgency": (
        *("urgency", "urgente", "dringend", "urgent", "urgente", "urgente", "срочно", "عاجل"),
    ),
    "repeated_question": (
        *("repeated question", "pregunta repetida", "wiederholte Frage", "question répétée"),
        *("domanda ripetuta", "pergunta repetida", "повторный вопрос", "سؤال متكرر"),
    ),
    "failed_action": (
        *("failed action", "acción fallida", "gescheiterter Versuch", "action échouée"),
        *("azione fallita", "ação falhada", "действие не удалось", "إجراء لم ينجح"),
    ),
    "person": (
        *("person", "pide una persona", "möchte einen Menschen sprechen"),
        *("demande une personne", "chiede una persona", "pede uma pessoa"),
        *("просит человека", "يطلب التحدث مع شخص"),
    ),
    "vip": ("vip", "VIP", "VIP", "VIP", "VIP", "VIP", "VIP", "كبار الضيوف"),
    "in_house_at_night": (
        *("in house at night", "en la casa, de noche", "nachts im Haus"),
        *("dans la maison, la nuit", "in casa, di notte", "na casa, à noite"),
        *("в отеле, ночью", "في الفندق ليلًا"),
    ),
    "policy": (
        *("policy", "decide una persona", "entscheidet ein Mensch", "une personne décide"),
        *("decide una persona", "decide uma pessoa", "решает человек", "يقرره شخص"),
    ),
    "money": (
        *("money", "dinero en disputa", "strittiges Geld", "argent en litige"),
        *("denaro in discussione", "dinheiro em disputa", "спор о деньгах", "خلاف على المال"),
    ),
    "legal": (
        *("legal", "asunto legal", "Rechtliches", "question juridique"),
        *("questione legale", "assunto jurídico", "юридический вопрос", "مسألة قانونية"),
    ),
    "request": (
        *("request", "petición", "Wunsch", "demande"),
        *("richiesta", "pedido", "просьба", "طلب"),
    ),
    "draft": (
        *("draft", "borrador", "Entwurf", "brouillon"),
        *("bozza", "rascunho", "черновик", "مسودة"),
    ),
}


@dataclass(frozen=True, slots=True)
class Heading:
    """Which of ours, and what is filled in. `who`: it is about a guest; empty where nameless."""

    name: str
    filled: Mapping[str, str] = field(default_factory=dict[str, str])
    who: str | None = None

    def kept(self) -> dict[str, Any]:
        return {"name": self.name, "filled": dict(self.filled), "who": self.who}


def heading(language: str, of: Heading) -> str:
    said = line(HEADINGS, language, of)
    about = of.filled.get("about")
    return (f"{said}: {about}" if about else said)[:200]


def line(lines: Mapping[str, tuple[str, ...]], language: str, of: Heading) -> str:
    """One of ours, filled in, with whom it is about before it; an unknown one by its name."""
    at = column(language)
    known = lines.get(of.name)
    said = known[at].format(**of.filled) if known else of.name.replace("_", " ")
    return said if of.who is None else f"{of.who or HEADINGS['a_guest'][at]}: {said}"


def title_in(told: StaffNotification, language: str) -> str:
    """A hotel's own words, of a rule or over REST, stay what they are."""
    kept = told.details.get(KEPT)
    if kept is None:
        return told.title
    return heading(language, Heading(kept["name"], kept["filled"], kept["who"]))
