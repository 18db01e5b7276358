"""The words of our mails: short, plain text, a link that works once."""

from collections.abc import Mapping
from typing import Any

from frontdesk.kit.languages import column

HELLO = (
    *("Hello,", "Hola:", "Guten Tag,", "Bonjour,"),
    *("Buongiorno,", "Olá,", "Здравствуйте!", "مرحبًا،"),
)
Texts = tuple[str, ...]
FORMS: Mapping[str, tuple[Texts, Texts, Texts]] = {
    "invite": (
        (
            "{hotel} invites you",
            "{hotel} le invita",
            "{hotel} lädt Sie ein",
            "{hotel} vous invite",
            "{hotel} ti invita",
            "Convite de {hotel}",
            "{hotel} приглашает вас",
            "دعوة من {hotel}",
        ),
        (
            "{hotel} invites you to work with it on Frontdesk as {role}.",
            "{hotel} le invita a trabajar en Frontdesk como {role}.",
            "{hotel} lädt Sie ein, in Frontdesk als {role} mitzuarbeiten.",
            "{hotel} vous invite à travailler dans Frontdesk en tant que {role}.",
            "{hotel} ti invita a lavorare in Frontdesk come {role}.",
            "Convite de {hotel} para trabalhar no Frontdesk como {role}.",
            "{hotel} приглашает вас работать в Frontdesk в роли {role}.",
            "يدعوك {hotel} إلى العمل معه في Frontdesk بصفة {role}.",
        ),
        (
            "The link works once, within 7 days.",
            "El enlace funciona una sola vez, durante 7 días.",
            "Der Link gilt einmal, 7 Tage lang.",
            "Le lien fonctionne une seule fois, pendant 7 jours.",
            "Il link funziona una volta sola, per 7 giorni.",
            "O link funciona uma só vez, durante 7 dias.",
            "Ссылка действует один раз, в течение 7 дней.",
            "يعمل الرابط مرة واحدة خلال 7 أيام.",
        ),
    ),
    "register": (
        (
            "Confirm your address for {hotel}",
            "Confirme su dirección para {hotel}",
            "Bestätigen Sie Ihre Adresse für {hotel}",
            "Confirmez votre adresse pour {hotel}",
            "Conferma il tuo indirizzo per {hotel}",
            "Confirme o seu endereço para {hotel}",
            "Подтвердите свой адрес для {hotel}",
            "أكّد عنوانك لدى {hotel}",
        ),
        (
            "Your address was registered at {hotel}. Choose a password to go on.",
            "Su dirección se ha registrado en {hotel}. Elija una contraseña para continuar.",
            "Ihre Adresse wurde bei {hotel} registriert. Wählen Sie ein Passwort, um fortzufahren.",
            "Votre adresse a été inscrite chez {hotel}. Choisissez un mot de passe pour continuer.",
            "Il tuo indirizzo è stato registrato presso {hotel}. Scegli una password per"
            " continuare.",
            "O seu endereço foi registado em {hotel}. Escolha uma palavra-passe para continuar.",
            "Ваш адрес зарегистрировали в {hotel}. Выберите пароль, чтобы продолжить.",
            "سُجّل عنوانك لدى {hotel}. اختر كلمة مرور للمتابعة.",
        ),
        (
            "The link works once, within a day. If it was not you, do nothing.",
            "El enlace funciona una sola vez, durante un día. Si no fue usted, no haga nada.",
            "Der Link gilt einmal, einen Tag lang. Waren Sie es nicht, tun Sie nichts.",
            "Le lien fonctionne une seule fois, pendant un jour. Si ce n'était pas vous, ne faites"
            " rien.",
            "Il link funziona una volta sola, per un giorno. Se non eri tu, non fare nulla.",
            "O link funciona uma só vez, durante um dia. Se não foi da sua parte, não faça nada.",
            "Ссылка действует один раз, в течение дня. Если это были не вы, ничего не делайте.",
            "يعمل الرابط مرة واحدة خلال يوم. إن لم تكن أنت فلا تفعل شيئًا.",
        ),
    ),
    "reset": (
        (
            "Set a new password",
            "Establezca una nueva contraseña",
            "Neues Passwort festlegen",
            "Définissez un nouveau mot de passe",
            "Imposta una nuova password",
            "Defina uma nova palavra-passe",
            "Задайте новый пароль",
            "تعيين كلمة مرور جديدة",
        ),
        (
            "Somebody asked for a new password for this address. If it was not you, do nothing.",
            "Alguien ha pedido una nueva contraseña para esta dirección. Si no fue usted, no haga"
            " nada.",
            "Jemand hat für diese Adresse ein neues Passwort verlangt. Waren Sie es nicht, tun Sie"
            " nichts.",
            "Quelqu'un a demandé un nouveau mot de passe pour cette adresse. Si ce n'était pas"
            " vous, ne faites rien.",
            "Qualcuno ha chiesto una nuova password per questo indirizzo. Se non eri tu, non fare"
            " nulla.",
            "Alguém pediu uma nova palavra-passe para este endereço. Se não foi da sua parte, não"
            " faça nada.",
            "Кто-то запросил новый пароль для этого адреса. Если это не вы, ничего не делайте.",
            "طلب أحدهم كلمة مرور جديدة لهذا العنوان. إن لم تكن أنت فلا تفعل شيئًا.",
        ),
        (
            "The link works once, within an hour, and ends every session.",
            "El enlace funciona una sola vez, durante una hora, y cierra todas las sesiones.",
            "Der Link gilt einmal, eine Stunde lang, und beendet alle Sitzungen.",
            "Le lien fonctionne une seule fois, pendant une heure, et ferme toutes les sessions.",
            "Il link funziona una volta sola, per un'ora, e chiude tutte le sessioni.",
            "O link funciona uma só vez, durante uma hora, e termina todas as sessões.",
            "Ссылка действует один раз, в течение часа, и завершает все сеансы.",
            "يعمل الرابط مرة واحدة خلال ساعة وينهي كل الجلسات.",
        ),
    ),
    "known": (
        (
            "You have an account already",
            "Ya tiene una cuenta",
            "Sie haben schon ein Konto",
            "Vous avez déjà un compte",
            "Hai già un account",
            "Já tem uma conta",
            "У вас уже есть учётная запись",
            "لديك حساب بالفعل",
        ),
        (
            "Your address was registered at {hotel}. You have an account: sign in, or ask for a new"
            " password.",
            "Su dirección se ha registrado en {hotel}. Ya tiene una cuenta: inicie sesión o pida"
            " una nueva contraseña.",
            "Ihre Adresse wurde bei {hotel} registriert. Sie haben ein Konto: Melden Sie sich an"
            " oder verlangen Sie ein neues Passwort.",
            "Votre adresse a été inscrite chez {hotel}. Vous avez un compte : connectez-vous ou"
            " demandez un nouveau mot de passe.",
            "Il tuo indirizzo è stato registrato presso {hotel}. Hai un account: accedi o chiedi"
            " una nuova password.",
            "O seu endereço foi registado em {hotel}. Tem uma conta: inicie sessão ou peça uma nova"
            " palavra-passe.",
            "Ваш адрес зарегистрировали в {hotel}. У вас есть учётная запись: войдите или запросите"
            " новый пароль.",
            "سُجّل عنوانك لدى {hotel}. لديك حساب: سجّل الدخول أو اطلب كلمة مرور جديدة.",
        ),
        (
            "If it was not you, do nothing.",
            "Si no fue usted, no haga nada.",
            "Waren Sie es nicht, tun Sie nichts.",
            "Si ce n'était pas vous, ne faites rien.",
            "Se non eri tu, non fare nulla.",
            "Se não foi da sua parte, não faça nada.",
            "Если это были не вы, ничего не делайте.",
            "إن لم تكن أنت فلا تفعل شيئًا.",
        ),
    ),
}
PAGE = "/auth/link"


def written(
    purpose: str, facts: Mapping[str, Any], token: str | None, public_url: str
) -> tuple[str, str]:
    """Subject and text, in the language that the facts name. The token stands behind `#`, where no
    server's log sees it.
    """
    at = column(str(facts.get("language", "")))
    subject, opening, end = (
        texts[at] for texts in FORMS[purpose if token is not None else "known"]
    )
    parts = [HELLO[at], opening]
    if token is not None:
        parts.append(f"{public_url.rstrip('/')}{PAGE}#{token}")
    words = {name: " ".join(str(value).split()) for name, value in facts.items()}
    return subject.format(**words), "\n\n".join([*(p.format(**words) for p in parts), end]) + "\n"
