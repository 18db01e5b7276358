# Not run where it was written: no Docker there. It installs what scripts/up installs.
FROM python:3.11-slim

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /frontdesk
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock
COPY . .
RUN printf '/frontdesk/src\n/frontdesk\n' \
        > "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/frontdesk.pth" \
    && printf '#!/bin/sh\nexec python -m frontdesk.cli "$@"\n' > /usr/local/bin/frontdesk \
    && chmod +x /usr/local/bin/frontdesk \
    && useradd --system --no-create-home frontdesk
USER frontdesk
EXPOSE 8000
CMD ["frontdesk", "serve"]
