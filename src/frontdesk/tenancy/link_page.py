"""The page behind a mailed link: it takes a password where one is needed, and the link."""

import base64
import hashlib
from collections.abc import Mapping

from frontdesk.kit.languages import LANGUAGES, LEFTWARDS, column

SCRIPT = """
const form = document.querySelector("form"), said = document.querySelector("output");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = {token: location.hash.slice(1)};
  if (form.password.value) body.password = form.password.value;
  const answer = await fetch("/v1/auth/links/accept", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
  if (answer.ok) { form.hidden = true; said.textContent = said.dataset.done; return; }
  const problem = await answer.json(), code = problem.type.split(":").pop();
  const wrong = problem.errors || [{problem: problem.title}];
  said.textContent = said.dataset[code] || wrong.map((e) => e.problem).join(" ");
});
"""
STYLE = "body{font:1rem system-ui;max-width:24rem;margin:4rem auto;padding:0 1rem}"
WORDS: Mapping[str, tuple[str, ...]] = {
    "welcome": (
        *("Welcome", "Le damos la bienvenida", "Willkommen", "Bienvenue"),
        *("Benvenuti", "Olá", "Добро пожаловать", "أهلًا وسهلًا"),
    ),
    "password": (
        "New password, at least 8 characters (leave it empty if you have one and join a hotel)",
        "Nueva contraseña, al menos 8 caracteres (déjela vacía si ya tiene una y se une a un"
        " hotel)",
        "Neues Passwort, mindestens 8 Zeichen (leer lassen, wenn Sie schon eines haben und einem"
        " Hotel beitreten)",
        "Nouveau mot de passe, au moins 8 caractères (laissez vide si vous en avez déjà un et"
        " rejoignez un hôtel)",
        "Nuova password, almeno 8 caratteri (lascia vuoto se ne hai già una ed entri in un hotel)",
        "Nova palavra-passe, pelo menos 8 caracteres (deixe vazio se já tem uma e entra num hotel)",
        "Новый пароль, не менее 8 знаков (оставьте пустым, если он у вас есть и вы"
        " присоединяетесь к отелю)",
        "كلمة مرور جديدة من 8 أحرف على الأقل (اتركها فارغة إن كانت لديك واحدة وتنضم إلى فندق)",
    ),
    "go": (
        "Go on",
        "Continuar",
        "Weiter",
        "Continuer",
        "Continua",
        "Continuar",
        "Дальше",
        "متابعة",
    ),
    "done": (
        "Done. You can sign in now.",
        "Hecho. Ya puede iniciar sesión.",
        "Fertig. Sie können sich jetzt anmelden.",
        "C'est fait. Vous pouvez maintenant vous connecter.",
        "Fatto. Ora puoi accedere.",
        "Feito. Já pode iniciar sessão.",
        "Готово. Теперь вы можете войти.",
        "تم. يمكنك الآن تسجيل الدخول.",
    ),
    "link_is_void": (
        "This link was used, has run out, or never was one.",
        "Este enlace ya se usó, ha caducado o no existe.",
        "Dieser Link wurde schon benutzt, ist abgelaufen oder war nie einer.",
        "Ce lien a déjà servi, a expiré ou n'existe pas.",
        "Questo link è già stato usato, è scaduto o non esiste.",
        "Este link já foi usado, expirou ou não existe.",
        "Эта ссылка уже использована, истекла или её не было.",
        "استُخدم هذا الرابط من قبل أو انتهت مدته أو لا وجود له.",
    ),
    "password_wanted": (
        "Choose a password.",
        "Elija una contraseña.",
        "Wählen Sie ein Passwort.",
        "Choisissez un mot de passe.",
        "Scegli una password.",
        "Escolha uma palavra-passe.",
        "Выберите пароль.",
        "اختر كلمة مرور.",
    ),
}


def page(language: str) -> str:
    at = column(language)
    said = {name: texts[at] for name, texts in WORDS.items()}
    way = ' dir="rtl"' if LANGUAGES[at] in LEFTWARDS else ""
    tell = " ".join(
        f'data-{name}="{said[name]}"' for name in ("done", "link_is_void", "password_wanted")
    )
    return f"""<!doctype html>
<html lang="{LANGUAGES[at]}"{way}><head><meta charset="utf-8"><title>Frontdesk</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>
<body><h1>{said["welcome"]}</h1>
<form><p><label>{said["password"]}<br>
<input name="password" type="password" minlength="8" autocomplete="new-password"></label></p>
<button>{said["go"]}</button></form><output {tell}></output>
<script>{SCRIPT}</script></body></html>
"""


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


POLICY = (
    f"default-src 'none'; script-src {_hash(SCRIPT)}; style-src {_hash(STYLE)};"
    " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
