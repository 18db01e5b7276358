"""The page behind a mailed link: it takes a password where one is needed, and the link."""

import base64
import hashlib

SCRIPT = """
const form = document.querySelector("form"), said = document.querySelector("output");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = {token: location.hash.slice(1)};
  if (form.password.value) body.password = form.password.value;
  const answer = await fetch("/v1/auth/links/accept", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(body)});
  if (answer.ok) { form.hidden = true; said.textContent = "Done. You can sign in now."; return; }
  const problem = await answer.json();
  const wrong = problem.errors || [{problem: problem.title}];
  said.textContent = wrong.map((e) => e.problem).join(" ");
});
"""
STYLE = "body{font:1rem system-ui;max-width:24rem;margin:4rem auto;padding:0 1rem}"
HTML = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Frontdesk</title>
<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>
<body><h1>Welcome</h1>
<form><p><label>New password, at least 8 characters (leave it empty if you have one
and join a hotel)<br>
<input name="password" type="password" minlength="8" autocomplete="new-password"></label></p>
<button>Go on</button></form><output></output>
<script>{SCRIPT}</script></body></html>
"""


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


POLICY = (
    f"default-src 'none'; script-src {_hash(SCRIPT)}; style-src {_hash(STYLE)};"
    " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
