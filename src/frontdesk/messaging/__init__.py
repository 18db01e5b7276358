"""The WhatsApp edge: webhook, payload, inbox, threads, outbox, provider, pacing."""
